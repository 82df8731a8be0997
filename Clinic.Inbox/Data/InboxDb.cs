using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Api;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Documents;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>
/// Everything the clinic keeps. Take one from <c>IDbContextFactory&lt;InboxDb&gt;</c> for one operation and dispose it;
/// never keep one for a circuit. <see cref="SqliteInboxDb"/> and <see cref="PostgresInboxDb"/> carry the migrations.
/// </summary>
public abstract class InboxDb(DbContextOptions options)
    : IdentityUserContext<InboxUser>(options),
        IDataProtectionKeyContext
{
    public DbSet<ClinicProfile> ClinicProfiles => Set<ClinicProfile>();
    public DbSet<Line> Lines => Set<Line>();
    public DbSet<AddOnSwitch> AddOnSwitches => Set<AddOnSwitch>();
    public DbSet<NumberOrder> NumberOrders => Set<NumberOrder>();
    public DbSet<NotReadAnswer> NotReadAnswers => Set<NotReadAnswer>();
    public DbSet<Statement> Statements => Set<Statement>();
    public DbSet<DeletedUsage> DeletedUsages => Set<DeletedUsage>();
    public DbSet<Client> Clients => Set<Client>();
    public DbSet<ClientPhone> ClientPhones => Set<ClientPhone>();
    public DbSet<Patient> Patients => Set<Patient>();
    public DbSet<Appointment> Appointments => Set<Appointment>();
    public DbSet<AppointmentType> AppointmentTypes => Set<AppointmentType>();
    public DbSet<MedicalReminder> MedicalReminders => Set<MedicalReminder>();
    public DbSet<InventoryItem> InventoryItems => Set<InventoryItem>();
    public DbSet<Treatment> Treatments => Set<Treatment>();
    public DbSet<PlannedReminder> PlannedReminders => Set<PlannedReminder>();
    public DbSet<PreVisitForm> PreVisitForms => Set<PreVisitForm>();
    public DbSet<TemplateVersion> TemplateVersions => Set<TemplateVersion>();
    public DbSet<Closure> Closures => Set<Closure>();
    public DbSet<AutoResponse> AutoResponses => Set<AutoResponse>();
    public DbSet<OutgoingEmail> OutgoingEmails => Set<OutgoingEmail>();
    public DbSet<ConsentRecord> ConsentRecords => Set<ConsentRecord>();
    public DbSet<OptInRequest> OptInRequests => Set<OptInRequest>();
    public DbSet<ReviewDelay> ReviewDelays => Set<ReviewDelay>();
    public DbSet<NumberStanding> NumberStandings => Set<NumberStanding>();
    public DbSet<OptOutRecord> OptOutRecords => Set<OptOutRecord>();
    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<KeptFile> KeptFiles => Set<KeptFile>();
    public DbSet<FileToRemove> FilesToRemove => Set<FileToRemove>();
    public DbSet<ForgottenText> ForgottenTexts => Set<ForgottenText>();
    public DbSet<SharedDocument> SharedDocuments => Set<SharedDocument>();
    public DbSet<DocumentLink> DocumentLinks => Set<DocumentLink>();
    public DbSet<FormTemplate> FormTemplates => Set<FormTemplate>();
    public DbSet<FormVersion> FormVersions => Set<FormVersion>();
    public DbSet<FormAnswers> FormAnswers => Set<FormAnswers>();
    public DbSet<LibraryItem> LibraryItems => Set<LibraryItem>();
    public DbSet<LineLease> LineLeases => Set<LineLease>();
    public DbSet<ParkedReceipt> ParkedReceipts => Set<ParkedReceipt>();
    public DbSet<QuarantineEntry> Quarantine => Set<QuarantineEntry>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<UserSession> UserSessions => Set<UserSession>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<IdempotentAnswer> IdempotentAnswers => Set<IdempotentAnswer>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<Enum>().HaveConversion<string>();
        conventions.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        conventions.Properties<decimal>().HaveConversion<MoneyConverter>();
        conventions.Properties<PhoneNumber>().HaveConversion<PhoneNumberConverter>();
        foreach (
            var entity in typeof(InboxDb)
                .GetProperties()
                .Select(p => p.PropertyType)
                .Where(t => t.IsGenericType)
        )
        {
            var type = entity.GenericTypeArguments[0];
            conventions
                .Properties(typeof(Id<>).MakeGenericType(type))
                .HaveConversion(typeof(IdConverter<>).MakeGenericType(type));
        }
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<ClinicProfile>().Property(c => c.Id).ValueGeneratedNever();
        model.Entity<Setting>().HasKey(s => s.Key);
        model.Entity<ApiKey>().HasIndex(k => k.Hash).IsUnique();
        model.Entity<IdempotentAnswer>().HasKey(a => a.Key);
        model.Entity<AuditEntry>().HasIndex(a => a.At);
        model.Entity<LineLease>().HasKey(l => l.LineId);
        model.Entity<ParkedReceipt>().HasIndex(r => r.CarrierId);
        // The same body twice is impossible.
        model.Entity<QuarantineEntry>().HasIndex(q => new { q.BodyHash, q.Kind }).IsUnique();
        PeopleModel(model);
        AddOnModel(model);
        ClientModel(model);
        ConsentModel(model);
        ConversationModel(model);
        ScheduleModel(model);
        ReminderModel(model);
        AfterHoursModel(model);
        DocumentModel(model);
    }

    private static void PeopleModel(ModelBuilder model)
    {
        model.Entity<UserSession>(session =>
        {
            session.HasOne<InboxUser>().WithMany().HasForeignKey(s => s.UserId);
            session.HasIndex(s => s.StartedAt);
        });
        // As Identity maps them in the third version of its schema; the rest of that version is not needed.
        model.Entity<IdentityUserPasskey<string>>(passkey =>
        {
            passkey.ToTable("AspNetUserPasskeys");
            passkey.HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(p => p.Data, data => data.ToJson());
            passkey.HasOne<InboxUser>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
        });
    }

    private static void AddOnModel(ModelBuilder model)
    {
        model.Entity<Line>().HasIndex(l => l.Number).IsUnique();
        model.Entity<AddOnSwitch>().HasIndex(s => new { s.LineId, s.At });
        model.Entity<NumberOrder>(order =>
        {
            // The same number ordered twice at once is impossible.
            order.HasIndex(o => o.Number).IsUnique().HasFilter("\"NextAttemptAt\" IS NOT NULL");
            order.HasIndex(o => o.NextAttemptAt).HasFilter("\"NextAttemptAt\" IS NOT NULL");
        });
        model.Entity<NotReadAnswer>().HasKey(a => new { a.LineId, a.Number });
        model.Entity<Statement>(statement =>
        {
            // A month closes once, whoever races.
            statement.HasIndex(s => s.Month).IsUnique();
            statement.HasMany(s => s.Lines).WithOne().HasForeignKey(l => l.StatementId);
        });
        model.Entity<StatementLine>().HasKey(l => new { l.StatementId, l.Position });
        model.Entity<DeletedUsage>().HasIndex(u => u.At);
    }

    private static void ClientModel(ModelBuilder model)
    {
        model.Entity<Client>(client =>
        {
            client.HasIndex(c => c.ExternalId).IsUnique();
            client.HasIndex(c => new { c.LastName, c.FirstName });
            client.HasMany(c => c.Phones).WithOne().HasForeignKey(p => p.ClientId);
            client.HasMany(c => c.Patients).WithOne().HasForeignKey(p => p.ClientId);
        });
        model.Entity<ClientPhone>(phone =>
        {
            phone.HasKey(p => new { p.ClientId, p.Number });
            phone.HasIndex(p => p.Number);
        });
        model.Entity<Patient>().HasIndex(p => p.ExternalId).IsUnique();
    }

    private static void ConsentModel(ModelBuilder model)
    {
        model
            .Entity<ConsentRecord>()
            .HasIndex(c => new
            {
                c.ClientId,
                c.Category,
                c.At,
            });
        model.Entity<NumberStanding>().HasKey(n => n.Number);
        model.Entity<OptOutRecord>().HasIndex(o => new { o.Number, o.At });
        model.Entity<OptInRequest>().HasIndex(r => new { r.Number, r.At });
        model.Entity<OptInRequest>().HasIndex(r => r.At);
        model.Entity<ReviewDelay>().HasIndex(d => d.ConsentId);
    }

    private static void ConversationModel(ModelBuilder model)
    {
        model.Entity<Conversation>(conversation =>
        {
            conversation
                .HasOne<Line>()
                .WithMany()
                .HasForeignKey(c => c.LineId)
                .OnDelete(DeleteBehavior.Restrict);
            conversation
                .HasOne<Client>()
                .WithMany()
                .HasForeignKey(c => c.ClientId)
                .OnDelete(DeleteBehavior.SetNull);
            // Two open conversations with one number are impossible, whoever races.
            conversation
                .HasIndex(c => new { c.LineId, c.Number })
                .IsUnique()
                .HasFilter("\"State\" = 'Open'")
                .HasDatabaseName("IX_Conversations_Open");
            conversation.HasIndex(c => new
            {
                c.State,
                c.LastMessageAt,
                c.Id,
            });
            // One line's list.
            conversation.HasIndex(c => new
            {
                c.LineId,
                c.State,
                c.LastMessageAt,
                c.Id,
            });
            // Earlier ones of the same line and number.
            conversation.HasIndex(
                c => new
                {
                    c.LineId,
                    c.Number,
                    c.State,
                },
                "IX_Conversations_Earlier"
            );
            // Numbers that nobody has.
            conversation
                .HasIndex(
                    c => new
                    {
                        c.State,
                        c.LastMessageAt,
                        c.Id,
                    },
                    "IX_Conversations_Unassigned"
                )
                .HasFilter("\"ClientId\" IS NULL");
            conversation.HasIndex(c => new { c.ClientId, c.LastMessageAt });
            // The unread ones in their order, with all that the count of unread texts needs.
            conversation
                .HasIndex(
                    c => new
                    {
                        c.State,
                        c.LastMessageAt,
                        c.Id,
                        c.LineId,
                        c.Unread,
                    },
                    "IX_Conversations_Unread"
                )
                .HasFilter("\"Unread\" > 0");
        });
        model.Entity<Message>(message =>
        {
            message
                .HasOne<Conversation>()
                .WithMany()
                .HasForeignKey(m => m.ConversationId)
                .OnDelete(DeleteBehavior.Cascade);
            message
                .HasOne<Line>()
                .WithMany()
                .HasForeignKey(m => m.LineId)
                .OnDelete(DeleteBehavior.Restrict);
            message.HasMany(m => m.Attachments).WithOne().HasForeignKey(a => a.MessageId);
            // The same message_uuid twice is impossible.
            message.HasIndex(m => m.CarrierId).IsUnique();
            message.HasIndex(m => new
            {
                m.ConversationId,
                m.At,
                m.Id,
            });
            message
                .HasIndex(m => new
                {
                    m.LineId,
                    m.Priority,
                    m.At,
                    m.Id,
                })
                .HasFilter("\"State\" = 'Queued'")
                .HasDatabaseName("IX_Messages_Outbox");
            message
                .HasIndex(m => new { m.Number, m.State })
                .HasFilter("\"State\" IN ('Queued', 'Sending', 'Unconfirmed')")
                .HasDatabaseName("IX_Messages_Pending");
            // Reminders that no conversation shows yet: a reply looks for them.
            message
                .HasIndex(m => new { m.Number, m.At })
                .HasFilter("\"ConversationId\" IS NULL")
                .HasDatabaseName("IX_Messages_Reminders");
            // What left in a month: usage is counted by it.
            message.HasIndex(m => m.SentAt).HasFilter("\"SentAt\" IS NOT NULL");
            // Reminders that staff must look at.
            message
                .HasIndex(m => new { m.Kind, m.State }, "IX_Messages_Troubled")
                .HasFilter("\"Kind\" = 'Reminder' AND \"State\" IN ('Failed', 'Unconfirmed')");
            message.Ignore(m => m.CanRetry);
        });
        model.Entity<ForgottenText>().HasKey(t => t.Hash);
        model.Entity<Attachment>(attachment =>
        {
            attachment.HasIndex(a => a.NextAttemptAt).HasFilter("\"NextAttemptAt\" IS NOT NULL");
            attachment.HasIndex(a => a.PublicToken).IsUnique();
        });
    }

    private static void ScheduleModel(ModelBuilder model)
    {
        model.Entity<Appointment>(appointment =>
        {
            appointment.HasIndex(a => a.ExternalId).IsUnique();
            appointment.HasIndex(a => a.StartsAt);
            appointment.HasIndex(a => new { a.ClientId, a.StartsAt });
            appointment
                .HasOne<AppointmentType>()
                .WithMany()
                .HasForeignKey(a => a.TypeId)
                .OnDelete(DeleteBehavior.Restrict);
            appointment.HasOne<Client>().WithMany().HasForeignKey(a => a.ClientId);
            appointment
                .HasOne<Patient>()
                .WithMany()
                .HasForeignKey(a => a.PatientId)
                .OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<Appointment>().HasIndex(a => a.Id).HasFilter("\"NeedsPlanning\"");
        model.Entity<AppointmentType>(type =>
        {
            type.HasIndex(t => t.ExternalId).IsUnique();
            type.Property(t => t.ReminderOffsets).HasConversion<IntsConverter, IntsComparer>();
        });
        model.Entity<Closure>().HasIndex(c => c.From);
    }

    private static void ReminderModel(ModelBuilder model)
    {
        model.Entity<InventoryItem>(item =>
        {
            item.HasIndex(i => i.ExternalId).IsUnique();
            item.OwnsOne(
                i => i.Action,
                action =>
                {
                    action.Property(a => a.LeadDays).HasConversion<IntsConverter, IntsComparer>();
                    action
                        .Property(a => a.FollowUpDays)
                        .HasConversion<IntsConverter, IntsComparer>();
                }
            );
        });
        model.Entity<Treatment>(treatment =>
        {
            treatment.HasIndex(t => new { t.PatientId, t.GivenOn });
            treatment.HasOne<Patient>().WithMany().HasForeignKey(t => t.PatientId);
            treatment.HasOne<InventoryItem>().WithMany().HasForeignKey(t => t.ItemId);
        });
        model.Entity<MedicalReminder>(reminder =>
        {
            reminder.HasIndex(r => r.ExternalId).IsUnique();
            reminder.HasIndex(r => new { r.ClientId, r.DueOn });
            reminder.HasIndex(r => r.Id).HasFilter("\"NeedsPlanning\"");
            reminder.HasOne<Client>().WithMany().HasForeignKey(r => r.ClientId);
            reminder.HasOne<Patient>().WithMany().HasForeignKey(r => r.PatientId);
            reminder
                .HasOne<InventoryItem>()
                .WithMany()
                .HasForeignKey(r => r.ItemId)
                .OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<PlannedReminder>(planned =>
        {
            // Two nodes, or the planner and the feeder, never overwrite each other's word.
            planned.Property(p => p.State).IsConcurrencyToken();
            // The same reminder twice is impossible.
            planned.HasIndex(p => p.Key).IsUnique();
            planned
                .HasIndex(p => new { p.DueAt, p.Id })
                .HasFilter("\"State\" IN ('Planned', 'Held')")
                .HasDatabaseName("IX_PlannedReminders_Due");
            planned.HasIndex(p => new { p.ClientId, p.DueAt });
            planned.HasIndex(p => p.AppointmentId);
            planned.HasIndex(p => p.MedicalReminderId);
            planned.HasIndex(p => p.MessageId);
            // Named: the due ones have another index of the same columns.
            planned.HasIndex(p => new { p.DueAt, p.Id }, "IX_PlannedReminders_When");
            // What staff must look at, and what was sent again since.
            planned
                .HasIndex(p => new { p.DueAt, p.Id }, "IX_PlannedReminders_Attention")
                .HasFilter("\"State\" IN ('Held', 'Missed', 'Skipped')");
            planned.HasIndex(p => p.ResendOf).HasFilter("\"ResendOf\" IS NOT NULL");
            planned.HasOne<Client>().WithMany().HasForeignKey(p => p.ClientId);
        });
        model.Entity<PreVisitForm>(form =>
        {
            form.HasIndex(f => f.Token).IsUnique();
            form.HasIndex(f => f.AppointmentId).IsUnique();
            form.HasOne<Appointment>().WithMany().HasForeignKey(f => f.AppointmentId);
        });
        model
            .Entity<TemplateVersion>()
            .HasIndex(v => new
            {
                v.Kind,
                v.Scope,
                v.Number,
            })
            .IsUnique();
    }

    private static void DocumentModel(ModelBuilder model)
    {
        model.Entity<SharedDocument>(document =>
        {
            document.HasIndex(d => new { d.ClientId, d.SentAt });
            document.HasIndex(d => d.ExpiresAt).HasFilter("\"FileId\" IS NOT NULL");
            document.HasOne<Client>().WithMany().HasForeignKey(d => d.ClientId);
            document
                .HasOne<Patient>()
                .WithMany()
                .HasForeignKey(d => d.PatientId)
                .OnDelete(DeleteBehavior.SetNull);
            // A file that something still leads to can't be thrown away, whoever races.
            document
                .HasOne<KeptFile>()
                .WithMany()
                .HasForeignKey(d => d.FileId)
                .OnDelete(DeleteBehavior.Restrict);
            document
                .HasOne<FormVersion>()
                .WithMany()
                .HasForeignKey(d => d.FormVersionId)
                .OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<DocumentLink>(link =>
        {
            link.HasKey(l => l.Hash);
            link.HasIndex(l => l.DocumentId);
            link.HasIndex(l => l.MessageId);
            link.HasOne<SharedDocument>().WithMany().HasForeignKey(l => l.DocumentId);
        });
        model.Entity<FormVersion>(version =>
        {
            version.HasIndex(v => new { v.FormId, v.Number }).IsUnique();
            version.HasOne<FormTemplate>().WithMany().HasForeignKey(v => v.FormId);
            version
                .Property(v => v.Questions)
                .HasConversion<JsonListConverter<FormQuestion>, JsonListComparer<FormQuestion>>();
        });
        model.Entity<FormAnswers>(answers =>
        {
            // Sent twice is impossible.
            answers.HasIndex(a => a.DocumentId).IsUnique();
            answers.HasOne<SharedDocument>().WithMany().HasForeignKey(a => a.DocumentId);
            answers
                .HasOne<FormVersion>()
                .WithMany()
                .HasForeignKey(a => a.FormVersionId)
                .OnDelete(DeleteBehavior.Restrict);
            answers
                .Property(a => a.Answers)
                .HasConversion<JsonListConverter<GivenAnswer>, JsonListComparer<GivenAnswer>>();
        });
        model.Entity<LibraryItem>(item =>
        {
            item.HasOne<KeptFile>()
                .WithMany()
                .HasForeignKey(i => i.FileId)
                .OnDelete(DeleteBehavior.Restrict);
            item.HasOne<FormTemplate>().WithMany().HasForeignKey(i => i.FormId);
        });
    }

    private static void AfterHoursModel(ModelBuilder model)
    {
        // One auto-response for each conversation and closed period.
        model.Entity<AutoResponse>().HasKey(a => new { a.ConversationId, a.ClosedSince });
        model
            .Entity<AutoResponse>()
            .HasOne<Conversation>()
            .WithMany()
            .HasForeignKey(a => a.ConversationId)
            .OnDelete(DeleteBehavior.Cascade);
        model.Entity<OutgoingEmail>(email =>
        {
            email.HasIndex(e => e.DueAt).HasFilter("\"DueAt\" IS NOT NULL");
            email.HasIndex(e => e.ConversationId).HasFilter("\"ConversationId\" IS NOT NULL");
        });
    }
}

/// <summary>The database as a file beside the app: the default.</summary>
public sealed class SqliteInboxDb(DbContextOptions<SqliteInboxDb> options) : InboxDb(options);

/// <summary>The database on a PostgreSQL server, for several nodes.</summary>
public sealed class PostgresInboxDb(DbContextOptions<PostgresInboxDb> options) : InboxDb(options);
