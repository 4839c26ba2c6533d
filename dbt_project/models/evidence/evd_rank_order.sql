{{ rank_against_score('rank_published', 'rank_locator', 'rank_source_url') }}
