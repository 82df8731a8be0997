using System.Data.Common;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clinic.Inbox.Search;

/// <summary>
/// The index beside the model: tables of folded words with a full-text index over them, and triggers that mark what must be
/// indexed and take out what is gone, in the transaction that changes it, whoever writes. Made at the start; made anew,
/// with everything marked, when it is missing or of another version.
/// </summary>
internal static class SearchSchema
{
    /// <summary>Another number makes every clinic's index anew.</summary>
    private const string Version = "2";

    private const string Key = "search.version";

    public static async Task EnsureAsync(InboxDb db, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (!db.Database.IsSqlite())
        {
            // Two nodes that start at once: one makes it, the other finds it.
            await RunAsync(
                db,
                "SELECT pg_advisory_xact_lock(hashtextextended('search schema', 0))",
                cancellation
            );
        }
        if (!await IsThereAsync(db, cancellation))
        {
            await MakeAsync(db, cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Forgets the index and makes it anew; the app's worker fills it.</summary>
    public static async Task RebuildAsync(InboxDb db, CancellationToken cancellation)
    {
        await db.Settings.Where(s => s.Key == Key).ExecuteDeleteAsync(cancellation);
        await EnsureAsync(db, cancellation);
    }

    private static async Task<bool> IsThereAsync(InboxDb db, CancellationToken cancellation)
    {
        var known = await db
            .Settings.AsNoTracking()
            .Where(s => s.Key == Key)
            .Select(s => s.Value)
            .FirstOrDefaultAsync(cancellation);
        if (known != Version)
        {
            return false;
        }
        var tables = db.Database.IsSqlite()
            ? "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('SearchMarks', 'SearchReached', 'SearchTexts', 'SearchTextsIndex', 'SearchNames', 'SearchNamesIndex')"
            : "SELECT COUNT(*) + 3 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('SearchMarks', 'SearchTexts', 'SearchNames')";
        await using var command = Command(db, tables);
        return Convert.ToInt32(
                await command.ExecuteScalarAsync(cancellation),
                System.Globalization.CultureInfo.InvariantCulture
            ) == 6;
    }

    private static async Task MakeAsync(InboxDb db, CancellationToken cancellation)
    {
        await RunAsync(db, db.Database.IsSqlite() ? Sqlite : Postgres, cancellation);
        if (!db.Database.IsSqlite())
        {
            await RunAsync(db, EveryText, cancellation);
        }
        await RunAsync(db, Everything, cancellation);
        await db.Settings.Where(s => s.Key == Key).ExecuteDeleteAsync(cancellation);
        db.Settings.Add(new Setting(Key, Version));
        await db.SaveChangesAsync(cancellation);
    }

    private static async Task RunAsync(InboxDb db, string sql, CancellationToken cancellation)
    {
        await using var command = Command(db, sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DbCommand Command(InboxDb db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = sql;
        return command;
    }

    private const string Everything = """
        INSERT INTO "SearchMarks" ("Kind", "Id") SELECT 'Client', "Id" FROM "Clients";
        INSERT INTO "SearchMarks" ("Kind", "Id") SELECT 'Conversation', "Id" FROM "Conversations";
        """;

    private const string EveryText = """
        INSERT INTO "SearchMarks" ("Kind", "Id") SELECT 'Text', "Id" FROM "Messages" WHERE "ConversationId" IS NOT NULL;
        """;

    // New texts need no mark here: each gets a row number above all others, and one number says how far the index has come.
    // It never stands above the newest row, whose number would be given again after it was deleted.
    // ascii: the words are folded already and are taken as they are, letters beyond ASCII included.
    // prefix: a beginning of one of these lengths is read newest first and no further than needed; of any other, all texts that
    // have it are gathered at each search (25 ms where 250,000 have it). detail=none: no phrases are asked for, and the index is
    // less than half as large. secure-delete: a word that is
    // deleted is overwritten at once, not at the next merge (sqlite.org/fts5.html, 6.14).
    private const string Sqlite = """
        DROP TABLE IF EXISTS "SearchTextsIndex";
        DROP TABLE IF EXISTS "SearchNamesIndex";
        DROP TABLE IF EXISTS "SearchTexts";
        DROP TABLE IF EXISTS "SearchNames";
        DROP TABLE IF EXISTS "SearchMarks";
        DROP TABLE IF EXISTS "SearchReached";
        DROP TRIGGER IF EXISTS "Search_MessageAdded";
        DROP TRIGGER IF EXISTS "Search_MessageGone";
        CREATE TABLE "SearchReached" ("Row" INTEGER NOT NULL);
        INSERT INTO "SearchReached" VALUES (0);
        CREATE TABLE "SearchMarks" ("Kind" TEXT NOT NULL, "Id" TEXT NOT NULL, PRIMARY KEY ("Kind", "Id")) WITHOUT ROWID;
        CREATE TABLE "SearchTexts" ("Id" INTEGER PRIMARY KEY, "MessageId" TEXT NOT NULL UNIQUE, "ConversationId" TEXT NOT NULL,
          "Words" TEXT NOT NULL);
        CREATE INDEX "IX_SearchTexts_ConversationId" ON "SearchTexts" ("ConversationId", "Id");
        CREATE VIRTUAL TABLE "SearchTextsIndex" USING fts5("Words", content='SearchTexts', content_rowid='Id',
          tokenize='ascii', prefix='2 3 4 5 6 7', detail=none);
        INSERT INTO "SearchTextsIndex" ("SearchTextsIndex", rank) VALUES ('secure-delete', 1);
        CREATE TABLE "SearchNames" ("Id" INTEGER PRIMARY KEY, "ClientId" TEXT UNIQUE, "ConversationId" TEXT UNIQUE,
          "Words" TEXT NOT NULL);
        CREATE VIRTUAL TABLE "SearchNamesIndex" USING fts5("Words", content='SearchNames', content_rowid='Id',
          tokenize='ascii', prefix='1 2 3 4 5 6', detail=none);
        INSERT INTO "SearchNamesIndex" ("SearchNamesIndex", rank) VALUES ('secure-delete', 1);
        CREATE INDEX IF NOT EXISTS "IX_Clients_ByName" ON "Clients" (lower("LastName"), lower("FirstName"), "Id");

        CREATE TRIGGER "SearchTexts_Gone" AFTER DELETE ON "SearchTexts" BEGIN
          INSERT INTO "SearchTextsIndex" ("SearchTextsIndex", rowid, "Words") VALUES ('delete', OLD."Id", OLD."Words"); END;
        CREATE TRIGGER "SearchNames_Gone" AFTER DELETE ON "SearchNames" BEGIN
          INSERT INTO "SearchNamesIndex" ("SearchNamesIndex", rowid, "Words") VALUES ('delete', OLD."Id", OLD."Words"); END;

        CREATE TRIGGER IF NOT EXISTS "Search_MessageMoved" AFTER UPDATE OF "ConversationId", "Text" ON "Messages"
          WHEN NEW."ConversationId" IS NOT OLD."ConversationId" OR NEW."Text" IS NOT OLD."Text" BEGIN
          DELETE FROM "SearchTexts" WHERE "MessageId" = NEW."Id";
          INSERT INTO "SearchMarks" VALUES ('Text', NEW."Id") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER "Search_MessageGone" AFTER DELETE ON "Messages" BEGIN
          UPDATE "SearchReached" SET "Row" = (SELECT COALESCE(MAX(rowid), 0) FROM "Messages")
            WHERE "Row" > (SELECT COALESCE(MAX(rowid), 0) FROM "Messages");
          DELETE FROM "SearchTexts" WHERE "MessageId" = OLD."Id";
          DELETE FROM "SearchMarks" WHERE "Kind" = 'Text' AND "Id" = OLD."Id"; END;
        CREATE TRIGGER IF NOT EXISTS "Search_ConversationAdded" AFTER INSERT ON "Conversations" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Conversation', NEW."Id") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_ConversationGone" AFTER DELETE ON "Conversations" BEGIN
          DELETE FROM "SearchNames" WHERE "ConversationId" = OLD."Id";
          DELETE FROM "SearchMarks" WHERE "Kind" = 'Conversation' AND "Id" = OLD."Id"; END;
        CREATE TRIGGER IF NOT EXISTS "Search_ClientAdded" AFTER INSERT ON "Clients" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', NEW."Id") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_ClientChanged" AFTER UPDATE OF "FirstName", "LastName", "Email" ON "Clients" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', NEW."Id") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_ClientGone" AFTER DELETE ON "Clients" BEGIN
          DELETE FROM "SearchNames" WHERE "ClientId" = OLD."Id";
          DELETE FROM "SearchMarks" WHERE "Kind" = 'Client' AND "Id" = OLD."Id"; END;
        CREATE TRIGGER IF NOT EXISTS "Search_PhoneAdded" AFTER INSERT ON "ClientPhones" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', NEW."ClientId") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_PhoneGone" AFTER DELETE ON "ClientPhones" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', OLD."ClientId") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_PatientAdded" AFTER INSERT ON "Patients" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', NEW."ClientId") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_PatientChanged" AFTER UPDATE OF "Name", "ClientId" ON "Patients" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', OLD."ClientId") ON CONFLICT DO NOTHING;
          INSERT INTO "SearchMarks" VALUES ('Client', NEW."ClientId") ON CONFLICT DO NOTHING; END;
        CREATE TRIGGER IF NOT EXISTS "Search_PatientGone" AFTER DELETE ON "Patients" BEGIN
          INSERT INTO "SearchMarks" VALUES ('Client', OLD."ClientId") ON CONFLICT DO NOTHING; END;
        """;

    // A mark that is there already is written again, so that whoever takes it waits for this change and reads it.
    // The words are taken as they are: PostgreSQL's own parser would read "1e5" as a number and "a-b" as three words.
    // What is new waits in a list that each search reads through (4 ms at its usual 4 MB), so it is kept short (in kB).
    private const string Postgres = """
        DROP TABLE IF EXISTS "SearchTexts", "SearchNames", "SearchMarks" CASCADE;
        CREATE TABLE "SearchMarks" ("Kind" text COLLATE "C" NOT NULL, "Id" text COLLATE "C" NOT NULL, PRIMARY KEY ("Kind", "Id"));
        CREATE TABLE "SearchTexts" ("Id" bigint PRIMARY KEY, "MessageId" text NOT NULL UNIQUE, "ConversationId" text NOT NULL,
          "Words" text NOT NULL,
          "Vector" tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array("Words", ' '))) STORED);
        CREATE INDEX "IX_SearchTexts_ConversationId" ON "SearchTexts" ("ConversationId", "Id");
        CREATE INDEX "IX_SearchTexts_Vector" ON "SearchTexts" USING gin ("Vector")
          WITH (gin_pending_list_limit = 256);
        CREATE TABLE "SearchNames" ("Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "ClientId" text UNIQUE, "ConversationId" text UNIQUE,
          "Words" text NOT NULL,
          "Vector" tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array("Words", ' '))) STORED);
        CREATE INDEX "IX_SearchNames_Vector" ON "SearchNames" USING gin ("Vector") WITH (gin_pending_list_limit = 256);
        CREATE INDEX IF NOT EXISTS "IX_Clients_ByName" ON "Clients" (lower("LastName"), lower("FirstName"), "Id");

        CREATE OR REPLACE FUNCTION search_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'INSERT' THEN
            IF NEW."ConversationId" IS NOT NULL THEN
              INSERT INTO "SearchMarks" VALUES ('Text', NEW."Id") ON CONFLICT DO NOTHING;
            END IF;
          ELSIF TG_OP = 'UPDATE' THEN
            IF NEW."ConversationId" IS DISTINCT FROM OLD."ConversationId" OR NEW."Text" IS DISTINCT FROM OLD."Text" THEN
              DELETE FROM "SearchTexts" WHERE "MessageId" = NEW."Id";
              INSERT INTO "SearchMarks" VALUES ('Text', NEW."Id") ON CONFLICT ("Kind", "Id") DO UPDATE SET "Id" = excluded."Id";
            END IF;
          ELSE
            DELETE FROM "SearchTexts" WHERE "MessageId" = OLD."Id";
            DELETE FROM "SearchMarks" WHERE "Kind" = 'Text' AND "Id" = OLD."Id";
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION search_conversation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'INSERT' THEN
            INSERT INTO "SearchMarks" VALUES ('Conversation', NEW."Id") ON CONFLICT DO NOTHING;
          ELSE
            DELETE FROM "SearchNames" WHERE "ConversationId" = OLD."Id";
            DELETE FROM "SearchMarks" WHERE "Kind" = 'Conversation' AND "Id" = OLD."Id";
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION search_client() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'DELETE' THEN
            DELETE FROM "SearchNames" WHERE "ClientId" = OLD."Id";
            DELETE FROM "SearchMarks" WHERE "Kind" = 'Client' AND "Id" = OLD."Id";
          ELSE
            INSERT INTO "SearchMarks" VALUES ('Client', NEW."Id") ON CONFLICT ("Kind", "Id") DO UPDATE SET "Id" = excluded."Id";
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION search_of_client() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP <> 'INSERT' THEN
            INSERT INTO "SearchMarks" VALUES ('Client', OLD."ClientId") ON CONFLICT ("Kind", "Id") DO UPDATE SET "Id" = excluded."Id";
          END IF;
          IF TG_OP <> 'DELETE' THEN
            INSERT INTO "SearchMarks" VALUES ('Client', NEW."ClientId") ON CONFLICT ("Kind", "Id") DO UPDATE SET "Id" = excluded."Id";
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER search_message AFTER INSERT OR DELETE OR UPDATE OF "ConversationId", "Text" ON "Messages"
          FOR EACH ROW EXECUTE FUNCTION search_message();
        CREATE OR REPLACE TRIGGER search_conversation AFTER INSERT OR DELETE ON "Conversations"
          FOR EACH ROW EXECUTE FUNCTION search_conversation();
        CREATE OR REPLACE TRIGGER search_client AFTER INSERT OR DELETE OR UPDATE OF "FirstName", "LastName", "Email" ON "Clients"
          FOR EACH ROW EXECUTE FUNCTION search_client();
        CREATE OR REPLACE TRIGGER search_phone AFTER INSERT OR DELETE ON "ClientPhones"
          FOR EACH ROW EXECUTE FUNCTION search_of_client();
        CREATE OR REPLACE TRIGGER search_patient AFTER INSERT OR DELETE OR UPDATE OF "Name", "ClientId" ON "Patients"
          FOR EACH ROW EXECUTE FUNCTION search_of_client();
        """;
}
