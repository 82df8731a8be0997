using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Clients;

/// <summary>All contact details of a client, new or known. Nothing that was typed is lost when saving fails.</summary>
public sealed partial class ClientForm(
    ClientBook book,
    ClientFacts facts,
    Announcements announcements,
    ILogger<ClientForm> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private List<PhoneLine> _phones = [];
    private string _first = "";
    private string _last = "";
    private string _email = "";
    private string _address = "";
    private string _notes = "";
    private ReminderPreference _reminders;
    private Id<Client>? _twin;
    private bool _saving;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>Whom to change; null for a new client.</summary>
    [Parameter]
    public Client? Known { get; set; }

    /// <summary>A new client's first number.</summary>
    [Parameter]
    public PhoneNumber? Number { get; set; }

    /// <summary>The form's id, so that a button elsewhere (a dialog's) can submit it.</summary>
    [Parameter]
    public string FormId { get; set; } = "client-form";

    /// <summary>Whether Save and Cancel stand below the fields.</summary>
    [Parameter]
    public bool ShowButtons { get; set; } = true;

    [Parameter]
    public EventCallback<Client> OnSaved { get; set; }

    /// <summary>The same person is there already and shall be used instead.</summary>
    [Parameter]
    public EventCallback<Id<Client>> OnExisting { get; set; }

    [Parameter]
    public EventCallback OnCancel { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var region = (await facts.ClinicAsync(_gone.Token)).Region;
        if (Known is not { } client)
        {
            var number = Number?.Display(region) ?? "";
            _phones = [new PhoneLine { Number = number, Type = PhoneType.Mobile }];
            return;
        }
        _first = client.FirstName;
        _last = client.LastName;
        _email = client.Email;
        _address = client.Address;
        _notes = client.Notes;
        _reminders = client.ReminderPreference;
        _phones =
        [
            .. client.Phones.Select(p => new PhoneLine
            {
                Number = p.Number.Display(region),
                Type = p.Type,
            }),
        ];
    }

    private void AddPhone() => _phones.Add(new PhoneLine());

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }
        _saving = true;
        _errors.Clear();
        _twin = null;
        // Lines that were left blank are no numbers, and must not shift the errors of those below.
        _phones.RemoveAll(p => string.IsNullOrWhiteSpace(p.Number));
        try
        {
            var actor = (await Authentication).User.Actor();
            await TakeAsync(
                Known is { } client
                    ? await book.UpdateAsync(client.Id, Draft(), actor, _gone.Token)
                    : await book.CreateAsync(Draft(), actor, _gone.Token)
            );
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _errors.Fail("This could not be saved. What you typed is still here; try again.");
        }
        finally
        {
            _saving = false;
        }
        if (_errors.Any)
        {
            if (_phones.Count == 0)
            {
                AddPhone();
            }
            announcements.Say(_errors.Summary);
        }
    }

    private async Task TakeAsync(ClientResult result)
    {
        switch (result)
        {
            case ClientResult.Saved saved:
                await OnSaved.InvokeAsync(saved.Client);
                break;
            case ClientResult.Invalid invalid:
                _errors.Take(invalid.Problems, "phones", "balance", "popUpNote");
                break;
            case ClientResult.Conflict conflict:
                _twin = OnExisting.HasDelegate ? conflict.With : null;
                _errors.Fail(conflict.Problem);
                break;
            default:
                _errors.Fail("This client is not there any more.");
                break;
        }
    }

    private ClientDraft Draft() =>
        new()
        {
            FirstName = _first,
            LastName = _last,
            Email = _email,
            Address = _address,
            Notes = _notes,
            ReminderPreference = _reminders,
            Phones = [.. _phones.Select(p => new PhoneDraft(p.Number, p.Type))],
        };

    [LoggerMessage(LogLevel.Error, "A client could not be saved")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private sealed class PhoneLine
    {
        public string Number { get; set; } = "";
        public PhoneType Type { get; set; }
    }
}
