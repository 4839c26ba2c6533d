select * from {{ ref('int_revision') }}
