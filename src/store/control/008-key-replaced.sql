-- When another key took the place of one: it is not replaced again, by a key that would end as early as it does now.
ALTER TABLE api_key ADD COLUMN replaced INTEGER;
