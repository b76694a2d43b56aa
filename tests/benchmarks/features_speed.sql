-- The columns of the order blocks, written by hand: the table is scanned once per grain (days, products,
-- categories, channels). Amounts are summed as decimals, as in the package, and squared with room for a day of
-- 100,000.
with days as (
    select
        customer_id,
        date_diff('day', time::date, date '2024-01-01')::int as age_days,
        sum(amount::decimal(18, 4))::decimal(18, 4) as amount,
        sum(quantity::decimal(18, 4))::decimal(18, 4) as quantity,
        coalesce(-sum(amount::decimal(18, 4)) filter (amount < 0), 0)::decimal(18, 4) as refund,
        count(*) as n_lines,
        count(*) filter (amount < 0) as n_refunds
    from orders
    where time < timestamp '2024-01-01'
    group by all
),
spaced as (
    select
        *,
        amount > 0 as is_order,
        ln(greatest(amount::double, 0.01)) as log_amount,
        lag(age_days) over in_time - age_days as gap_days,
        first(age_days) over in_time as first_age_days
    from days
    window in_time as (partition by customer_id, amount > 0 order by age_days desc)
),
sums as (
    select
        customer_id,
        count(*) filter (is_order) as n_orders,
        count(*) filter (is_order) as n_order_days,
        sum(n_lines) as n_lines,
        sum(n_refunds) as n_refunds,
        count(*) filter (is_order and isodow(date '2024-01-01' - age_days) > 5) as n_orders_weekend,
        count(*) filter (is_order and age_days > first_age_days - 30) as n_orders_first_30d,
        sum(refund)::double as refund_total,
        sum(amount)::double as spend_total,
        (max(amount) filter (is_order))::double as spend_max,
        (arg_max(amount, age_days) filter (is_order))::double as spend_first,
        (arg_min(amount, age_days) filter (is_order))::double as spend_last,
        (sum(amount) filter (is_order and age_days > first_age_days - 30))::double as spend_first_30d,
        (sum(amount) filter (is_order))::double as order_spend,
        (sum(amount::decimal(19, 4) * amount) filter (is_order))::double as squared_spend,
        (sum(amount * age_days) filter (is_order))::double as aged_spend,
        sum(quantity)::double as quantity_total,
        min(age_days) filter (is_order) as days_since_last_order,
        max(age_days) filter (is_order) as days_since_first_order,
        arg_min(gap_days, age_days) filter (is_order) as gap_last_days,
        max(gap_days) filter (is_order) as gap_max_days,
        count(*) filter (is_order and 2 * age_days <= first_age_days) as n_orders_late,
        (sum(age_days) filter (is_order))::double as age_sum,
        (sum(gap_days::bigint * gap_days) filter (is_order))::double as squared_gaps,
        (sum(exp(-age_days / 14)::decimal(18, 9)) filter (is_order))::double as n_orders_decayed_14d,
        (sum(exp(-age_days / 45)::decimal(18, 9)) filter (is_order))::double as n_orders_decayed_45d,
        (sum(exp(-age_days / 150)::decimal(18, 9)) filter (is_order))::double as n_orders_decayed_150d,
        (sum((exp(-age_days / 14) * amount)::decimal(18, 4)) filter (is_order))::double as spend_decayed_14d,
        (sum((exp(-age_days / 45) * amount)::decimal(18, 4)) filter (is_order))::double as spend_decayed_45d,
        (sum((exp(-age_days / 150) * amount)::decimal(18, 4)) filter (is_order))::double as spend_decayed_150d,
        (sum(log_amount::decimal(18, 9)) filter (is_order))::double as log_spend,
        (sum((log_amount * log_amount)::decimal(18, 9)) filter (is_order))::double as squared_log_spend,
        count(*) filter (is_order and age_days <= 14) as n_orders_14d,
        count(*) filter (is_order and age_days <= 30) as n_orders_30d,
        count(*) filter (is_order and age_days <= 60) as n_orders_60d,
        count(*) filter (is_order and age_days <= 90) as n_orders_90d,
        count(*) filter (is_order and age_days <= 180) as n_orders_180d,
        count(*) filter (is_order and age_days <= 365) as n_orders_365d,
        (sum(amount) filter (age_days <= 14))::double as spend_14d,
        (sum(amount) filter (age_days <= 30))::double as spend_30d,
        (sum(amount) filter (age_days <= 60))::double as spend_60d,
        (sum(amount) filter (age_days <= 90))::double as spend_90d,
        (sum(amount) filter (age_days <= 180))::double as spend_180d,
        (sum(amount) filter (age_days <= 365))::double as spend_365d
    from spaced
    group by customer_id
),
means as (
    select
        *,
        days_since_first_order - days_since_last_order as gap_sum,
        nullif(n_orders, 0) as n,
        nullif(n_orders - 1, 0) as n_gaps,
        gap_sum / n_gaps as gap_mean_days,
        log_spend / n as spend_log_mean,
        squared_log_spend / n - spend_log_mean * spend_log_mean as log_variance,
        (squared_spend - order_spend * order_spend / n) / n_gaps as spend_variance,
        (squared_gaps - gap_sum * gap_sum / n_gaps) / nullif(n_gaps - 1, 0) as gap_variance
    from sums
),
bought_products as (
    select customer_id, product_id, count(*) as n_lines
    from orders
    where time < timestamp '2024-01-01' and amount::decimal(18, 4) > 0 and product_id is not null
    group by all
),
by_product as (
    select customer_id, count(*) as n_products, max(n_lines) / sum(n_lines) as product_top_share
    from bought_products
    group by customer_id
),
bought_categories as (
    select customer_id, category, count(*) as n_lines
    from orders
    where time < timestamp '2024-01-01' and amount::decimal(18, 4) > 0 and category is not null
    group by all
),
by_category as (
    select
        customer_id,
        count(*) as n_categories,
        first(category order by n_lines desc, category desc) as category_top,
        max(n_lines) / sum(n_lines) as category_top_share
    from bought_categories
    group by customer_id
),
bought_channels as (
    select customer_id, channel, max(time) as last_time
    from orders
    where time < timestamp '2024-01-01' and amount::decimal(18, 4) > 0 and channel is not null
    group by all
),
by_channel as (
    select
        customer_id,
        count(*) as n_channels,
        first(channel order by last_time desc, channel desc) as channel_last
    from bought_channels
    group by customer_id
)
select
    customer_id,
    case when n_orders > 0 then 'scored' else 'refund_only' end as status,
    means.* exclude (
        customer_id, n, n_gaps, gap_sum, age_sum, squared_gaps, order_spend, squared_spend, aged_spend,
        log_spend, squared_log_spend, spend_variance, gap_variance, log_variance, n_orders_weekend, n_orders_late
    ) replace (
        coalesce(spend_first_30d, 0) as spend_first_30d,
        coalesce(quantity_total, 0) as quantity_total,
        coalesce(n_orders_decayed_14d, 0) as n_orders_decayed_14d,
        coalesce(n_orders_decayed_45d, 0) as n_orders_decayed_45d,
        coalesce(n_orders_decayed_150d, 0) as n_orders_decayed_150d,
        coalesce(spend_decayed_14d, 0) as spend_decayed_14d,
        coalesce(spend_decayed_45d, 0) as spend_decayed_45d,
        coalesce(spend_decayed_150d, 0) as spend_decayed_150d,
        coalesce(spend_14d, 0) as spend_14d,
        coalesce(spend_30d, 0) as spend_30d,
        coalesce(spend_60d, 0) as spend_60d,
        coalesce(spend_90d, 0) as spend_90d,
        coalesce(spend_180d, 0) as spend_180d,
        coalesce(spend_365d, 0) as spend_365d
    ),
    order_spend / n as spend_mean,
    sqrt(if(log_variance < 0, 0, log_variance)) as spend_log_std,
    sqrt(if(spend_variance < 0, 0, spend_variance)) as spend_std,
    sqrt(if(gap_variance < 0, 0, gap_variance)) as gap_std_days,
    1 - 2 * age_sum / n / days_since_first_order as order_trend,
    1 - 2 * aged_spend / order_spend / days_since_first_order as spend_trend,
    gap_std_days / nullif(gap_mean_days, 0) as gap_cv,
    days_since_last_order / nullif(gap_mean_days, 0) as overdue_ratio,
    refund_total / nullif(spend_total + refund_total, 0) as refund_share,
    n_orders_late / n as late_order_share,
    n_orders_weekend / n as weekend_share,
    n_lines / n as lines_per_order,
    quantity_total / n as quantity_per_order,
    coalesce(n_products, 0) as n_products,
    product_top_share,
    coalesce(n_categories, 0) as n_categories,
    category_top,
    category_top_share,
    coalesce(n_channels, 0) as n_channels,
    channel_last
from means
left join by_product using (customer_id)
left join by_category using (customer_id)
left join by_channel using (customer_id)
