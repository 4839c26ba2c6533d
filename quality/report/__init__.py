"""The report pack for the province's plan: a document and a workbook. Read README.md of this folder first."""

from quality.report.period import Period
from quality.report.published import PublishedMissing
from quality.report.write import write_report

__all__ = ["Period", "PublishedMissing", "write_report"]
