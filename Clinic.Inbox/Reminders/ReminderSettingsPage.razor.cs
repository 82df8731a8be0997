using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Reminders;

/// <summary>How the clinic reminds, where an appointment type says nothing else.</summary>
public sealed partial class ReminderSettingsPage(
    ReminderSettingsBook book,
    ISnackbar messages,
    Announcements announcements,
    AuthenticationStateProvider session,
    ILogger<ReminderSettingsPage> log
) : LoadedPage(log)
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture(
        "HH:mm"
    );

    private readonly FormErrors _errors = new();
    private IReadOnlyList<int> _offsets = [];
    private bool _oneText;
    private string _time = "";
    private string _grace = "";
    private bool _saving;

    private ReminderSettings? Stored { get; set; }

    protected override async Task LoadAsync()
    {
        Stored = await book.ReadAsync(Cancellation);
        _offsets = Stored.AppointmentOffsets;
        _oneText = Stored.OneTextADay;
        _time = Clock.Format(Stored.MedicalTime);
        _grace = Stored.Grace.TotalHours.ToString("0", CultureInfo.InvariantCulture);
    }

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }
        _saving = true;
        _errors.Clear();
        try
        {
            if (Read() is { } settings)
            {
                var by = (await session.GetAuthenticationStateAsync()).User.Actor();
                _errors.Take(await book.SaveAsync(settings, by, Cancellation));
            }
            if (!_errors.Any)
            {
                messages.Add("Saved", Severity.Success);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSaved(log, failure);
            _errors.Fail("This could not be saved. What you chose is still here; try again.");
        }
        finally
        {
            _saving = false;
            if (_errors.Any)
            {
                announcements.Say(_errors.Summary);
            }
        }
    }

    private ReminderSettings? Read()
    {
        var time = Clock.Parse(_time.Length > 5 ? _time[..5] : _time);
        if (!time.Success)
        {
            _errors.Take([new("medicalTime", "Choose a time.")]);
            return null;
        }
        // What is no number is 0 hours, which the book refuses.
        _ = int.TryParse(_grace, NumberStyles.None, CultureInfo.InvariantCulture, out var hours);
        return new ReminderSettings(
            _offsets,
            _oneText,
            time.Value,
            TimeSpan.FromHours(Math.Min(hours, 10_000))
        );
    }

    [LoggerMessage(LogLevel.Error, "The reminder settings could not be saved")]
    private static partial void LogNotSaved(ILogger log, Exception failure);
}
