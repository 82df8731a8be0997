using Clinic.Inbox.Data;
using MailKit.Net.Smtp;
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

    /// <summary>Whether an email goes anywhere: a server is set, or Development keeps it in the folder.</summary>
    public bool Works(IHostEnvironment environment) =>
        Host.Length > 0 || environment.IsDevelopment();

    /// <summary>Where Development writes <c>.eml</c> files.</summary>
    public string Folder { get; set; } = "data/mail";
}

/// <summary>Sends the emails that wait. An SMTP server that is away costs nothing: they are tried again for a day.</summary>
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
        string? error = null;
        try
        {
            await DeliverAsync(email, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            error = e.GetType().Name;
            LogFailed(email.Id, error);
        }
        await writer.RunAsync(
            async session =>
            {
                if (
                    await session.Db.OutgoingEmails.SingleOrDefaultAsync(e => e.Id == email.Id)
                    is not { } stored
                )
                {
                    // It went with the conversation that it quotes.
                    return;
                }
                if (error is null)
                {
                    stored.Sent(session.Now);
                }
                else
                {
                    // One minute, doubling to four hours: for about a day.
                    var wait = TimeSpan.FromMinutes(Math.Min(240, Math.Pow(2, stored.Attempts)));
                    stored.Failed(
                        error,
                        stored.Attempts + 1 < MostAttempts ? session.Now + wait : null
                    );
                }
                await session.Db.SaveChangesAsync();
            },
            CancellationToken.None
        );
    }

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
            using var smtp = new SmtpClient();
            await smtp.ConnectAsync(settings.Host, settings.Port, cancellationToken: cancellation);
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
}
