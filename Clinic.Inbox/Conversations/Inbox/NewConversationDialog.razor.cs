using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>Chooses whom to text: a client, by any of their mobiles, or a number that is typed.</summary>
public sealed partial class NewConversationDialog(
    ClientBook clients,
    InboxQueries inbox,
    ClinicNumbers numbers
) : IDisposable
{
    private const int MostClients = 8;

    /// <summary>So many are looked at to find those whose name begins with what was typed.</summary>
    private const int MostSearched = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private readonly List<Choice> _choices = [];
    private ElementReference _field;
    private CancellationTokenSource? _typing;
    private int _active;
    private string? _problem;

    /// <summary>What the gate says of whom is chosen now.</summary>
    private GateDecision? _gate;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _field.FocusAsync();
        }
    }

    private async Task TypeAsync(ChangeEventArgs e)
    {
        _typing?.Cancel();
        _typing?.Dispose();
        var typing = _typing = new CancellationTokenSource();
        var text = (e.Value as string ?? "").Trim();
        try
        {
            await Task.Delay(Pause, typing.Token);
            var found =
                text.Length == 0
                    ? []
                    : (await clients.SearchAsync(text, after: null, MostSearched, typing.Token))
                        .Clients.OrderByDescending(client => Begins(client, text))
                        .Take(MostClients)
                        .ToList();
            typing.Token.ThrowIfCancellationRequested();
            Offer(text, found);
            await AskGateAsync(typing.Token);
        }
        catch (OperationCanceledException)
        {
            // Typed on; the later search counts.
        }
    }

    private void Offer(string text, IReadOnlyList<Client> found)
    {
        _choices.Clear();
        _active = 0;
        _problem = null;
        foreach (var client in found)
        {
            foreach (var phone in client.Phones.Where(phone => phone.Type == PhoneType.Mobile))
            {
                _choices.Add(
                    new Choice(
                        new Recipient(phone.Number, client.Id),
                        client.FullName,
                        numbers.Write(phone.Number),
                        Patients(client)
                    )
                );
            }
        }
        if (text.Length == 0 || text.Any(char.IsLetter))
        {
            _problem = Explain(text, found);
        }
        else if (PhoneNumber.TryParse(text, numbers.Region, out var number, out var problem))
        {
            if (_choices.TrueForAll(choice => choice.Recipient.Number != number))
            {
                _choices.Add(
                    new Choice(
                        new Recipient(number, ClientId: null),
                        Name: null,
                        numbers.Write(number),
                        ""
                    )
                );
            }
        }
        else if (_choices.Count == 0)
        {
            _problem = problem;
        }
    }

    private string? Explain(string text, IReadOnlyList<Client> found) =>
        (text.Length, found.Count, _choices.Count) switch
        {
            (0, _, _) or (_, _, > 0) => null,
            (_, 0, _) => "No client with that name. Enter the mobile number instead.",
            (_, 1, _) => $"{found[0].FullName} has no mobile number. Enter it instead.",
            _ => "None of these clients has a mobile number.",
        };

    private async Task AskGateAsync(CancellationToken cancellation)
    {
        _gate = null;
        if (_active < _choices.Count)
        {
            var recipient = _choices[_active].Recipient;
            var gate = await inbox.GateAsync(recipient.Number, recipient.ClientId, cancellation);
            cancellation.ThrowIfCancellationRequested();
            _gate = gate;
        }
    }

    private async Task OnKeyAsync(KeyboardEventArgs e)
    {
        var before = _active;
        switch (e.Key)
        {
            case "ArrowDown" when _active < _choices.Count - 1:
                _active++;
                break;
            case "ArrowUp" when _active > 0:
                _active--;
                break;
            case "Enter" when _choices.Count > 0:
                Choose(_choices[_active]);
                break;
        }
        if (_active != before)
        {
            try
            {
                await AskGateAsync(_typing?.Token ?? CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // Typed on; the later choice counts.
            }
        }
    }

    /// <summary>Whoever was clicked on, though the list may have become another one since.</summary>
    private void Choose(Choice choice) => Dialog?.Close(DialogResult.Ok(choice.Recipient));

    /// <summary>Who types "an" means Ana or Anders rather than Brandt.</summary>
    private static bool Begins(Client client, string text) =>
        client.FullName.StartsWith(text, StringComparison.CurrentCultureIgnoreCase)
        || client.LastName.StartsWith(text, StringComparison.CurrentCultureIgnoreCase);

    private static string Patients(Client client) =>
        string.Join(", ", client.Patients.Where(p => !p.Deceased).Select(p => p.Name));

    public void Dispose()
    {
        _typing?.Cancel();
        _typing?.Dispose();
    }

    private sealed record Choice(
        Recipient Recipient,
        string? Name,
        string NumberText,
        string Patients
    )
    {
        public string Detail =>
            (Name, Patients) switch
            {
                (null, _) => "A number that nobody has yet",
                (_, "") => NumberText,
                _ => $"{NumberText} · {Patients}",
            };
    }
}
