"""What the synthetic dossiers are fitted to, and the arithmetic.

Published for the province of the seeds (provincial portal and press; the province's metrics in the archive have the
addresses): 53,340 dossiers received in July 2025, over 163,000 from 1 July to 14 September; over 99.4 % of those on
time, 99.54 % at the communes.

Volume. July had 23 working days, the days to 14 September 29: 2,319 and 3,781 dossiers a working day, about. No figure
is published for other days; they are given the flow since August.

On time. How many dossiers communes take is not published; assumed 80 %. Departments must then have
(99.4 - 0.8 x 99.54) / (1 - 0.8) = 98.84 % for both published rates to hold.

Electronic results, reuse, satisfaction and petitions of all units together are not published either; assumed.
"""

from datetime import date

FIRST_DAY, LAST_DAY = date(2025, 7, 1), date(2025, 9, 14)
FIRST_MONTH_ENDS = date(2025, 7, 31)
RECEIVED_FIRST_MONTH, RECEIVED = 53_340, 163_000
ON_TIME, ON_TIME_COMMUNES = 0.994, 0.9954

ASSUMED_COMMUNES = 0.8
ON_TIME_DEPARTMENTS = (ON_TIME - ASSUMED_COMMUNES * ON_TIME_COMMUNES) / (1 - ASSUMED_COMMUNES)

ASSUMED_ELECTRONIC = 0.93
ASSUMED_REUSED = 0.71
ASSUMED_ASKED = 0.08
ASSUMED_NOT_RECORDED = 0.02
ASSUMED_CORRECTED = 0.005
ASSUMED_WITH_PETITION = 0.004
ASSUMED_PETITIONS_ON_TIME = 0.97
# of those asked, best first; the rest is dissatisfied
ASSUMED_SATISFACTION = {"very_satisfied": 0.42, "satisfied": 0.545, "neutral": 0.025}

# a working day's share by its weekday, and that of a day off, when the portal alone is open; in hundredths
WEEKDAYS = (115, 105, 100, 95, 85)
DAY_OFF = 3
