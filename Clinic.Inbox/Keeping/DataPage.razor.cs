using System.Globalization;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Keeping;

/// <summary>How long closed conversations are kept, with what each choice would delete, and how the backups stand.</summary>
public sealed partial class DataPage(
    RetentionBook book,
    BackupBook backups,
    BackupSettings backup,
    ClinicClock clock,
    TimeProvider time,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<DataPage> log
) : LoadedPage(log)
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private int? _months;
    private bool _confirming;
    private bool _saving;

    /// <summary>How often it was counted: the answer to an older question comes too late.</summary>
    private int _asked;
    private bool _counting;

    /// <summary>As it was chosen; kept from the prerendered page.</summary>
    [PersistentState]
    public RetentionSettings? Retention { get; set; }

    /// <summary>What the time that is selected would delete now; null: it deletes nothing, ever.</summary>
    [PersistentState]
    public RetentionOutlook? Outlook { get; set; }

    [PersistentState]
    public BackupState? State { get; set; }

    private BackupSettings Backup => backup;
    private BackupState BackupNow => State ?? BackupState.None;
    private ClinicClock Clock => clock;
    private DateTimeOffset Now => time.GetUtcNow();

    protected override async Task LoadAsync()
    {
        if (Retention is null)
        {
            State = await backups.StateAsync(Cancellation);
            var chosen = await book.ReadAsync(Cancellation);
            Outlook = chosen.Months is { } months
                ? await book.LookAsync(months, Cancellation)
                : null;
            Retention = chosen;
        }
        _months = Retention.Months;
    }

    private async Task ChangeAsync(ChangeEventArgs change)
    {
        _confirming = false;
        _months = int.TryParse(change.Value as string, Invariant, out var months) ? months : null;
        var asked = ++_asked;
        Outlook = null;
        _counting = _months is not null;
        if (_months is not { } some)
        {
            return;
        }
        try
        {
            var outlook = await book.LookAsync(some, Cancellation);
            if (asked == _asked)
            {
                (Outlook, _counting) = (outlook, false);
            }
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LogNotCounted(log, failure);
            if (asked == _asked)
            {
                // Nobody shall choose what nobody could count.
                messages.Add("That could not be counted. Choose again.", Severity.Error);
                (Retention, _counting) = (null, false);
                await ReloadAsync();
            }
        }
    }

    /// <summary>Where something will be deleted that would have stayed, it is asked once more.</summary>
    private async Task SaveAsync()
    {
        if (_counting || _saving)
        {
            return;
        }
        var shorter =
            _months is { } months && (Retention!.Months is not { } before || months < before);
        if (shorter)
        {
            _confirming = true;
            return;
        }
        await ChooseAsync();
    }

    private async Task ChooseAsync()
    {
        _saving = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            Retention = await book.ChooseAsync(_months, by, Cancellation) ?? Retention;
            _months = Retention!.Months;
            _confirming = false;
            messages.Add("Saved", Severity.Success);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSaved(log, failure);
            messages.Add("Not saved. Try again.", Severity.Error);
        }
        finally
        {
            _saving = false;
        }
    }

    private string Says =>
        _counting ? "Counting…"
        : _months is null || Outlook is not { } outlook ? "Nothing is deleted by itself."
        : _months != Retention?.Months ? $"Now it would delete {Amount(outlook)}."
        : Retention?.From is { } from && from > Now
            ? $"Deleting begins {clock.Full(from)}: {Amount(outlook)}."
        : $"Still to be deleted: {Amount(outlook)}.";

    /// <summary>"1,240 conversations that were closed before Nov 29, 2024, with 18,302 texts and 210 files".</summary>
    private string Amount(RetentionOutlook outlook) =>
        outlook.Conversations == 0
            ? $"nothing yet, since no conversation was closed before {Day(outlook)}"
            : $"{Count(outlook.Conversations, "conversation")} closed before {Day(outlook)}, with {Count(outlook.Messages, "text")} and {Count(outlook.Files, "file")}";

    private string Day(RetentionOutlook outlook) => clock.Full(outlook.ClosedBefore);

    private static string Count(int count, string what) =>
        count == 1 ? "1 " + what : count.ToString("N0", Invariant) + " " + what + "s";

    private static string Value(int? months) => months?.ToString(Invariant) ?? "";

    [LoggerMessage(LogLevel.Error, "What a retention would delete could not be counted")]
    private static partial void LogNotCounted(ILogger log, Exception failure);

    [LoggerMessage(LogLevel.Error, "The retention could not be saved")]
    private static partial void LogNotSaved(ILogger log, Exception failure);
}
