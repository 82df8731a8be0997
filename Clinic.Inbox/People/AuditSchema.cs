using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>
/// Makes the database itself refuse to change or remove what stands in the audit log, whoever asks: a fault in the app, a
/// hand-written statement, or an intruder with the app's own account, short of one who takes the triggers away.
/// </summary>
internal static class AuditSchema
{
    /// <summary>Makes the triggers where they are missing. Cheap: it is done at each start.</summary>
    public static Task EnsureAsync(InboxDb db, CancellationToken cancellation) =>
        db.Database.ExecuteSqlRawAsync(db.Database.IsSqlite() ? Sqlite : Postgres, cancellation);

    // REPLACE deletes without asking a trigger (sqlite.org/lang_conflict.html): it is refused where it begins, as an insert.
    private const string Sqlite = """
        CREATE TRIGGER IF NOT EXISTS "Audit_Unchanged" BEFORE UPDATE ON "Audit" BEGIN
          SELECT RAISE(ABORT, 'The audit log is append-only'); END;
        CREATE TRIGGER IF NOT EXISTS "Audit_Kept" BEFORE DELETE ON "Audit" BEGIN
          SELECT RAISE(ABORT, 'The audit log is append-only'); END;
        CREATE TRIGGER IF NOT EXISTS "Audit_NotReplaced" BEFORE INSERT ON "Audit"
          WHEN EXISTS (SELECT 1 FROM "Audit" WHERE "Id" = NEW."Id") BEGIN
          SELECT RAISE(ABORT, 'The audit log is append-only'); END;
        """;

    // ALWAYS: also in a session that calls itself a replica.
    private const string Postgres = """
        DO $do$ BEGIN
          IF (SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = '"Audit"'::regclass AND tgenabled = 'A'
              AND tgname IN ('audit_append_only', 'audit_not_emptied')) < 2 THEN
            CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              RAISE EXCEPTION 'The audit log is append-only';
            END $$;
            CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON "Audit"
              FOR EACH ROW EXECUTE FUNCTION audit_append_only();
            CREATE OR REPLACE TRIGGER audit_not_emptied BEFORE TRUNCATE ON "Audit"
              FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
            ALTER TABLE "Audit" ENABLE ALWAYS TRIGGER audit_append_only;
            ALTER TABLE "Audit" ENABLE ALWAYS TRIGGER audit_not_emptied;
          END IF;
        END $do$;
        """;
}
