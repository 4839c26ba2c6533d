-- The state of every dossier of the days in `piece` on the evening of a day, and that evening's file if it is in one.
-- All of it comes from the seed, the day of receipt and the dossier's number in that day. Days are numbers since
-- 1970-01-01, times of day and moments are seconds on the wall clock of the country.
with numbered as (
    select
        *,
        unnest(range(first_number, end_number)) as number
    from piece
),

drawn as (
    -- sixteen fields of sixteen random bits
    select
        *,
        md5_number_upper(prefix || number) as a,
        md5_number_lower(prefix || number) as b,
        md5_number_upper(prefix || number || '/') as c,
        md5_number_lower(prefix || number || '/') as d
    from numbered
),

placed as (
    select
        drawn.*,
        unit.unit_code,
        unit.old_code,
        unit.level,
        late_rate_of(unit.unit_code, drawn.day, unit.late_rate) as late_rate,
        fault_of(drawn.day, drawn.number) as fault,
        case
            when not drawn.is_working or share(drawn.a, 32) < 0.62 then 'online'
            when share(drawn.a, 32) < 0.96 then 'counter'
            else 'postal'
        end as channel
    from drawn
    inner join unit_slot as unit on unit.slot = slot_of(drawn.a, 0)
),

received as (
    select
        placed.* exclude (handled),
        procedure.* exclude (level, slot),
        -- the portal is open from six to eleven in the evening, the counter twice a working day
        case
            when placed.channel = 'online' and (not placed.is_working or share(placed.c, 0) < 0.3)
                then 6 * 3600 + floor(share(placed.c, 16) * 17 * 3600)
            when share(placed.c, 0) < 0.7 then 8 * 3600 + floor(share(placed.c, 16) * 3.5 * 3600)
            else 13.5 * 3600 + floor(share(placed.c, 16) * 3 * 3600)
        end::bigint as received_time,
        -- what comes after three is begun on the next working day
        placed.handled + (placed.is_working and received_time >= 15 * 3600)::bigint as begun
    from placed
    inner join procedure_slot as procedure on procedure.level = placed.level and procedure.slot = slot_of(placed.a, 16)
),

worked as (
    select
        *,
        begun + working_days as due,
        if(
            share32(b, 0) < late_rate,
            due + 1 + floor(pow(share(c, 32), 2) * 15),
            begun + floor(share(c, 32) * (working_days + 1))
        )::bigint as finished
    from received
),

dated as (
    select
        worked.* exclude (due, finished),
        due.day as due_day,
        -- a planted fault is whole on its first evening and stays as it is
        coalesce(worked.fault, 'duplicate') <> 'duplicate' as is_fixed,
        if(is_fixed, worked.day, finished.day) as finished_day,
        if(finished_day = worked.day, least(greatest(received_time, 8 * 3600) + 60, 17 * 3600), 8 * 3600) as from_time,
        finished_day * 86400 + from_time + floor(share(b, 48) * (17 * 3600 - from_time))::bigint as handled_at,
        case when share(d, 16) < getvariable('asked') and not is_fixed then finished_day + bits(d, 32) % 10 end
            as answered_day,
        case
            when share(b, 32) < getvariable('corrected') and not is_fixed
                then coalesce(answered_day, finished_day) + 14 + bits(d, 32) % 47
        end as corrected_day
    from worked
    inner join working_day as due on due.handled = worked.due
    inner join working_day as finished on finished.handled = worked.finished
),

evening as (
    select
        *,
        finished_day <= getvariable('evening') as is_finished,
        coalesce(answered_day <= getvariable('evening'), false) as is_answered,
        coalesce(corrected_day <= getvariable('evening'), false) as is_corrected,
        greatest(
            day,
            if(is_finished, finished_day, day),
            if(is_answered, answered_day, day),
            if(is_corrected, corrected_day, day)
        ) as delivered_day,
        day * 86400 + received_time - if(fault = 'received_on_another_day', 86400, 0) as received_second,
        case
            when fault = 'finished_before_received' then received_second - 7200
            when fault = 'finished_in_future' then handled_at + 400 * 86400
            when is_finished then handled_at
        end as finished_second
    from dated
)

select
    unit_code as sender_code,
    delivered_day,
    fault,
    'TEST.' || if(day < getvariable('reorganised'), old_code, unit_code) || '-' || stamp || '-' || format('{:07d}', number)
        as dossier_id,
    1
    + (is_finished and finished_day > day)::integer
    + (is_answered and answered_day > finished_day)::integer
    + is_corrected::integer as version,
    procedure_code,
    procedure_field,
    case
        when fault = 'unknown_unit' then '99999'
        when delivered_day < getvariable('reorganised') then old_code
        else unit_code
    end as unit_code,
    if(level = 'commune' and day < getvariable('reorganised') and share(a, 48) < 0.1, 'district', level) as level,
    channel,
    received_second,
    due_day * 86400 + 17 * 3600 as due_second,
    finished_second,
    case when is_finished and share(c, 48) >= getvariable('not_recorded') then share(c, 48) < getvariable('electronic') end
        as result_electronic,
    case when is_finished and share(d, 0) >= getvariable('not_recorded') then share(d, 0) < getvariable('reused') or is_corrected end
        as data_reused,
    fee_vnd + if(is_corrected, 1000, 0) as fee_vnd,
    case
        when not is_answered then null
        when share(d, 16) < getvariable('very_satisfied') then 'very_satisfied'
        when share(d, 16) < getvariable('satisfied') then 'satisfied'
        when share(d, 16) < getvariable('neutral') then 'neutral'
        else 'dissatisfied'
    end as satisfaction,
    if(is_finished and share(d, 48) < getvariable('with_petition'), 1, 0) as petitions,
    if(is_finished and share(d, 48) < getvariable('petition_on_time'), 1, 0) as petitions_on_time
from evening
where getvariable('whole') or day = getvariable('evening') or delivered_day = getvariable('evening')
