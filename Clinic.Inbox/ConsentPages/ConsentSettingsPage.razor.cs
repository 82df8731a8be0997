using System.Globalization;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.ConsentPages;

/// <summary>The clinic's terms, review and second opt-in, and the address of the public form.</summary>
public sealed partial class ConsentSettingsPage(
    ConsentSettingsBook book,
    ConsentReview review,
    PublicAddress address,
    IJSRuntime js,
    ISnackbar messages,
    Announcements announcements,
    AuthenticationStateProvider session,
    ILogger<ConsentSettingsPage> log
) : LoadedPage(log), IAsyncDisposable
{
    private readonly FormErrors _errors = new();
    private IJSObjectReference? _module;
    private string _link = "";
    private string _transactional = "";
    private string _marketing = "";
    private string _months = "";
    private string? _told;
    private bool _second;
    private bool _saving;

    /// <summary>As stored, the product's words written out; kept from the prerendered page.</summary>
    [PersistentState]
    public ConsentSettings? Settings { get; set; }

    [PersistentState]
    public int Due { get; set; }

    protected override async Task LoadAsync()
    {
        _link = address.At(Paths.OptIn).AbsoluteUri;
        if (Settings is null)
        {
            await ReadAsync();
        }
        Show(Settings!);
    }

    private async Task ReadAsync()
    {
        Settings = await book.ReadAsync(Cancellation) with
        {
            TransactionalTerms = await book.TermsAsync(ConsentCategory.Transactional, Cancellation),
            MarketingTerms = await book.TermsAsync(ConsentCategory.Marketing, Cancellation),
        };
        Due = await review.CountAsync(Cancellation);
    }

    private void Show(ConsentSettings settings)
    {
        _transactional = settings.TransactionalTerms ?? "";
        _marketing = settings.MarketingTerms ?? "";
        _months = settings.ReviewMonths.ToString(CultureInfo.InvariantCulture);
        _second = settings.SecondOptIn;
    }

    private async Task SaveAsync()
    {
        _saving = true;
        _errors.Clear();
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var problems = await book.SaveAsync(
                new ConsentSettings(
                    int.TryParse(_months, CultureInfo.InvariantCulture, out var months)
                        ? months
                        : 0,
                    _second,
                    _transactional,
                    _marketing
                ),
                by,
                Cancellation
            );
            _errors.Take(problems);
            if (problems.Count == 0)
            {
                await ReadAsync();
                Show(Settings!);
                messages.Add("Saved", Severity.Success);
            }
            else
            {
                announcements.Say(_errors.Summary);
            }
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task CopyAsync()
    {
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/copy.js"]);
        _told = await _module.InvokeAsync<bool>("copy", _link)
            ? "Copied"
            : "Select the link and copy it yourself";
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_module is not null)
        {
            try
            {
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and its module with it.
            }
        }
    }
}
