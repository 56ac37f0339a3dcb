-- The five logins, the database, and a log that quotes no rows: docs/operations.md, “Database logins”.
-- They have no passwords: PostgreSQL asks the machine which account connects (deploy/pg_ident.conf).
CREATE ROLE tracker_owner LOGIN;
CREATE ROLE tracker_desk LOGIN CONNECTION LIMIT 25;
CREATE ROLE tracker_publisher LOGIN CONNECTION LIMIT 8;
CREATE ROLE tracker_public LOGIN CONNECTION LIMIT 40;
CREATE ROLE tracker_partners LOGIN CONNECTION LIMIT 20;
GRANT tracker_public, tracker_partners TO tracker_publisher;
ALTER ROLE tracker_desk SET statement_timeout = '5min';
ALTER ROLE tracker_desk SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE tracker_publisher SET statement_timeout = '30min';
ALTER ROLE tracker_publisher SET idle_in_transaction_session_timeout = '5min';
CREATE DATABASE tracker OWNER tracker_owner ENCODING 'UTF8' TEMPLATE template0;
ALTER SYSTEM SET log_error_verbosity = 'terse';
ALTER SYSTEM SET log_min_error_statement = 'panic';
