with quality as (
    select
        *,
        {{ dbt.datediff("cast('2001-01-01' as date)", 'period_start', 'month') }} as month_no
    from {{ ref('rpt_service_quality') }}
    where period_kind = 'month'
),

-- the months just before, counted together: months without any dossier are simply not there
pooled as (
    select
        later.territory_code,
        later.scope,
        later.level,
        later.unit_code,
        later.indicator_code,
        later.period_start,
        cast(sum(earlier.counted_good) as bigint) as counted_good_before,
        cast(sum(earlier.counted) as bigint) as counted_before,
        cast(sum(earlier.unrecorded) as bigint) as unrecorded_before,
        min(earlier.period_start) as before_start,
        max(earlier.period_end) as before_end
    from quality as later
    inner join quality as earlier
        on
            later.territory_code = earlier.territory_code
            and later.scope = earlier.scope
            and coalesce(later.level, '') = coalesce(earlier.level, '')
            and coalesce(later.unit_code, '') = coalesce(earlier.unit_code, '')
            and later.indicator_code = earlier.indicator_code
            and later.month_no - earlier.month_no between 1 and {{ var('service_change_months') }}
    group by
        later.territory_code, later.scope, later.level, later.unit_code, later.indicator_code, later.period_start
),

compared as (
    select
        quality.territory_code,
        quality.scope,
        quality.level,
        quality.unit_code,
        quality.indicator_code,
        quality.unit_vi,
        quality.indicator_vi,
        quality.indicator_en,
        quality.value,
        {{ computed('1e2 * pooled.counted_good_before / pooled.counted_before') }} as value_before,
        -- a unit that begins to write down what it left empty is no worse for it: the fall must hold whatever was not recorded
        quality.value_at_most
        < {{ computed('1e2 * pooled.counted_good_before / (pooled.counted_before + pooled.unrecorded_before)') }} as is_certain,
        quality.counted,
        pooled.counted_before,
        -- the share of both sides together, with one more good and one more bad, so that 100 % has an error too
        (quality.counted_good + pooled.counted_good_before + 1e0) / (quality.counted + pooled.counted_before + 2e0) as share,
        quality.period_start,
        quality.period_end,
        pooled.before_start,
        pooled.before_end
    from quality
    inner join pooled
        on
            quality.territory_code = pooled.territory_code
            and quality.scope = pooled.scope
            and coalesce(quality.level, '') = coalesce(pooled.level, '')
            and coalesce(quality.unit_code, '') = coalesce(pooled.unit_code, '')
            and quality.indicator_code = pooled.indicator_code
            and quality.period_start = pooled.period_start
    where
        quality.is_period_over
        and quality.period_end >= {{ dbt.dateadd('month', -var('service_change_looked_over'), as_of_date()) }}
        and quality.counted >= {{ var('service_change_min_counted') }}
        and pooled.counted_before >= {{ var('service_change_min_counted') }}
        -- dossiers that are settled late are settled last: a month with many open ones looks better than it will
        and quality.dossiers_open <= {{ var('service_change_max_open') }} * quality.dossiers
),

judged as (
    select
        territory_code,
        scope,
        level,
        unit_code,
        indicator_code,
        unit_vi,
        indicator_vi,
        indicator_en,
        value,
        value_before,
        {{ computed('value_before - value') }} as fall,
        {{ computed('1e2 * sqrt(share * (1e0 - share) * (1e0 / counted + 1e0 / counted_before))') }} as noise,
        is_certain,
        counted,
        counted_before,
        period_start,
        period_end,
        before_start,
        before_end
    from compared
)

select
    *,
    -- among many dossiers the smallest change is more than noise, and still no news
    case when is_certain and fall >= {{ var('service_change_min_fall') }} then {{ computed('fall / noise') }} else 0.0 end as falls_in_noise
from judged
