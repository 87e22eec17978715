-- Events that were set aside: late ones where those are not wanted, and those of a time that was sealed.
ALTER TABLE late_event ADD COLUMN sealed BOOLEAN DEFAULT FALSE;
