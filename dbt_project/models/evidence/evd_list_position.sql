{{ rank_against_score('list_position', 'list_position_locator', 'list_position_source_url') }}
