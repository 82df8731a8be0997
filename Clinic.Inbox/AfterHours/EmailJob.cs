using System.Net;
using Clinic.Inbox.Data;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using Quartz;

namespace Clinic.Inbox.AfterHours;

/// <summary>Section <c>Email</c> of the settings.</summary>
public sealed class EmailOptions
{
    public const string Section = "Email";

    /// <summary>SMTP server; empty: in Development emails are written to <c>data/mail</c>, else they wait.</summary>
    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;
    public string User { get; set; } = "";
    public string Password { get; set; } = "";
    public string From { get; set; } = "";

    /// <summary>
    /// Whether nothing is said without TLS. Not set: where there is a password and the server is another machine.
    /// </summary>
    public bool? RequireTls { get; set; }

    /// <summary>
    /// A password goes to another machine only within TLS, whatever the server offers: whoever sits between could take its offer
    /// of STARTTLS away and read along. Without a password, and to this machine, TLS is used where it is offered.
    /// </summary>
    internal SecureSocketOptions Security =>
        Port == 465 ? SecureSocketOptions.SslOnConnect
        : RequireTls ?? (User.Length > 0 && !IsThisMachine(Host)) ? SecureSocketOptions.StartTls
        : SecureSocketOptions.Auto;

    /// <summary>Whether an email goes anywhere: a server is set, or Development keeps it in the folder.</summary>
    public bool Works(IHostEnvironment environment) =>
        Host.Length > 0 || environment.IsDevelopment();

    /// <summary>Where Development writes <c>.eml</c> files.</summary>
    public string Folder { get; set; } = "data/mail";

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>
/// Sends the emails that wait. An SMTP server that is away costs nothing: they are tried again for a day. That one is tried is
/// written down first: while nothing can be written none leaves, or it would leave every two seconds.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class EmailJob(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    IOptionsMonitor<EmailOptions> options,
    IHostEnvironment environment,
    TimeProvider clock,
    ILogger<EmailJob> log
) : IJob
{
    private const int MostAttempts = 12;

    /// <summary>How long one that was sent or given up is kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>How often it is tried to write down how it went.</summary>
    private const int MostRecords = 4;

    /// <summary>How long a server may keep silent; meanwhile all other mail waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = await db
            .OutgoingEmails.AsNoTracking()
            .Where(e => e.DueAt <= now)
            .OrderBy(e => e.DueAt)
            .Take(50)
            .ToListAsync(cancellationToken);
        foreach (var email in due)
        {
            await SendAsync(email, cancellationToken);
        }
    }

    private async Task SendAsync(OutgoingEmail email, CancellationToken cancellation)
    {
        if (!await writer.RunAsync(session => BeginAsync(session, email.Id), cancellation))
        {
            return;
        }
        string? error = null;
        try
        {
            await DeliverAsync(email, cancellation);
        }
        // MailKit gives up on a silent server by cancelling, too.
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            error = e.GetType().Name;
            LogFailed(email.Id, error);
        }
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await writer.RunAsync(
                    session => RecordAsync(session, email.Id, error),
                    CancellationToken.None
                );
                return;
            }
            catch (Exception failure) when (attempt < MostRecords)
            {
                LogNotRecorded(email.Id, failure.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation);
            }
        }
    }

    /// <summary>Returns whether it is ours to send.</summary>
    private static async Task<bool> BeginAsync(WriteSession session, Id<OutgoingEmail> id)
    {
        await session.LockAsync("OutgoingEmails", "Id", id.ToString());
        var email = await session.Db.OutgoingEmails.FirstOrDefaultAsync(e => e.Id == id);
        if (email?.DueAt is not { } due || due > session.Now)
        {
            return false;
        }
        email.Begin(session.Now + WaitAfter(email.Attempts));
        await session.Db.SaveChangesAsync();
        return true;
    }

    private static async Task RecordAsync(WriteSession session, Id<OutgoingEmail> id, string? error)
    {
        var email = await session.Db.OutgoingEmails.FirstOrDefaultAsync(e => e.Id == id);
        if (email is null)
        {
            return;
        }
        if (error is null)
        {
            email.Sent(session.Now);
        }
        else
        {
            email.Failed(
                error,
                email.Attempts + 1 < MostAttempts ? session.Now + WaitAfter(email.Attempts) : null
            );
        }
        await session.Db.SaveChangesAsync();
        var before = session.Now - Kept;
        await session
            .Db.OutgoingEmails.Where(e => e.DueAt == null && e.CreatedAt < before)
            .ExecuteDeleteAsync();
    }

    /// <summary>One minute, doubling to four hours: for about a day.</summary>
    private static TimeSpan WaitAfter(int attempts) =>
        TimeSpan.FromMinutes(Math.Min(240, Math.Pow(2, attempts)));

    private async Task DeliverAsync(OutgoingEmail email, CancellationToken cancellation)
    {
        var settings = options.CurrentValue;
        using var message = new MimeMessage();
        message.From.Add(
            MailboxAddress.Parse(settings.From.Length > 0 ? settings.From : "inbox@localhost")
        );
        message.To.Add(MailboxAddress.Parse(email.To));
        message.Subject = email.Subject;
        message.MessageId = $"{email.Id}@clinic-inbox";
        message.Body = new TextPart("plain") { Text = email.Body };
        if (settings.Host.Length > 0)
        {
            using var smtp = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
            await smtp.ConnectAsync(settings.Host, settings.Port, settings.Security, cancellation);
            if (settings.User.Length > 0)
            {
                await smtp.AuthenticateAsync(settings.User, settings.Password, cancellation);
            }
            await smtp.SendAsync(message, cancellation);
            await smtp.DisconnectAsync(quit: true, cancellation);
        }
        else if (environment.IsDevelopment())
        {
            var folder = Path.GetFullPath(settings.Folder, ContentRoot.Find());
            Directory.CreateDirectory(folder);
            // Whoever watches the folder never finds half an email.
            var file = Path.Combine(folder, $"{email.Id}.eml");
            await message.WriteToAsync(file + ".part", cancellation);
            File.Move(file + ".part", file, overwrite: true);
        }
        else
        {
            throw new InvalidOperationException("Email:Host is not set.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Email {Email} could not be sent: {Error}")]
    private partial void LogFailed(Id<OutgoingEmail> email, string error);

    [LoggerMessage(
        LogLevel.Error,
        "How it went with email {Email} could not be written down; trying again: {Exception}"
    )]
    private partial void LogNotRecorded(Id<OutgoingEmail> email, string exception);
}
