using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace Clinic.Inbox.Documents;

/// <summary>Asks what to send, how long its link works and whom it concerns; shows the text and under which consent it leaves.</summary>
public sealed partial class SendDocumentDialog(
    DocumentQueries documents,
    DocumentDesk desk,
    DocumentFiles files,
    IDialogService dialogs,
    Announcements announcements,
    ISnackbar snackbar,
    ILogger<SendDocumentDialog> log
) : IDisposable
{
    private const string Pictures = "image/jpeg,image/png,image/gif,image/webp,image/bmp";

    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private SendChoices? _choices;
    private What _what;
    private StoredFile? _file;
    private string? _fileProblem;
    private string _text = "";
    private string _title = "";
    private string _library = "";
    private string _form = "";
    private string _patient = "";
    private int _days = SharedDocument.UsualDays;
    private bool _asksLastName;
    private bool _asPicture;
    private bool _taking;
    private bool _sending;
    private bool _failed;

    /// <summary>What is sent, as the list offers it.</summary>
    private enum What
    {
        File,
        Library,
        Form,
        Statement,
        PatientFile,
        Update,
    }

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Parameter, EditorRequired]
    public Id<Client> ClientId { get; set; }

    /// <summary>Where it is asked for; null: the client's profile.</summary>
    [Parameter]
    public Id<Conversation>? ConversationId { get; set; }

    private bool MayGoAsPicture =>
        _what == What.File
        && _choices is { CarriesPictures: true }
        && _file is { } file
        && FileKinds.IsPicture(file.ContentType);

    private bool AsPicture => _asPicture && MayGoAsPicture;

    private string? FileProblem => _fileProblem ?? _errors["file"];

    private string FileHint =>
        _taking ? "Being taken…"
        : _file is { } file ? $"{file.Name}, {FileSize.Write(file.Size)}"
        : "Photos are made anew, without where they were taken.";

    private string Preview
    {
        get
        {
            var kind = _what switch
            {
                What.Form => DocumentKind.Form,
                What.Library when Chosen(_choices!.Library) is { FormId: not null } =>
                    DocumentKind.Form,
                What.Statement => DocumentKind.Statement,
                What.PatientFile => DocumentKind.PatientFile,
                What.Update => DocumentKind.VisitUpdate,
                _ => DocumentKind.File,
            };
            var patient = _choices!.Client.Patients.FirstOrDefault(p =>
                p.Id.ToString() == _patient
            );
            return DocumentText.Write(
                _choices.Clinic,
                kind,
                patient?.Name,
                AsPicture ? null : "(private link)"
            );
        }
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _choices = await documents.ChoicesAsync(ClientId, ConversationId, _gone.Token);
            _failed = _choices is null;
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private async Task RecordConsentAsync()
    {
        if (await dialogs.RecordConsentAsync(ClientId))
        {
            await LoadAsync();
        }
    }

    private async Task TakeAsync(InputFileChangeEventArgs e)
    {
        (_file, _fileProblem, _taking) = (null, null, true);
        _errors.Clear();
        try
        {
            await using var content = e.File.OpenReadStream(
                Math.Max(DocumentFiles.LargestPdf, AttachmentIntake.LargestPicture),
                _gone.Token
            );
            switch (await files.TakeAsync(content, e.File.Name, _gone.Token))
            {
                case IntakeResult.Taken(var stored):
                    _file = stored;
                    break;
                case IntakeResult.Refused(var reason):
                    _fileProblem = reason;
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // The dialog was closed.
        }
        catch (IOException)
        {
            // The browser's file is larger than what is read of it, or went away.
            _fileProblem =
                $"This file could not be read. It may be larger than {FileSize.Write(DocumentFiles.LargestPdf)}.";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _fileProblem = "This file could not be taken. Choose it again.";
        }
        finally
        {
            _taking = false;
        }
    }

    private async Task SendAsync()
    {
        if (_sending || _taking || _choices is null)
        {
            return;
        }
        _errors.Clear();
        if (Content() is not { } content)
        {
            announcements.Say(_errors.Summary);
            return;
        }
        _sending = true;
        try
        {
            var draft = new DocumentDraft(ClientId, content)
            {
                ConversationId = ConversationId,
                PatientId = Id<Patient>.TryParse(_patient, provider: null, out var patient)
                    ? patient
                    : null,
                Title = _what == What.File ? _title : null,
                Days = _days,
                AsksLastName = _asksLastName,
            };
            var actor = (await SignedIn).User.Actor();
            Take(await desk.SendAsync(draft, actor, _gone.Token));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _errors.Fail("It could not be sent. Nothing left; try again.");
        }
        finally
        {
            _sending = false;
            if (_errors.Any)
            {
                announcements.Say(_errors.Summary);
            }
        }
    }

    private void Take(DocumentResult result)
    {
        switch (result)
        {
            case DocumentResult.Sent:
                snackbar.Add("The document is on its way.", Severity.Normal);
                Dialog?.Close(DialogResult.Ok(true));
                break;
            case DocumentResult.Invalid(var problem):
                _errors.Take([problem], "client", "days");
                break;
            case DocumentResult.Refused refused:
                _errors.Fail(refused.Reason);
                break;
        }
    }

    /// <summary>Null: something is missing, and the form says what.</summary>
    private DocumentContent? Content()
    {
        switch (_what)
        {
            case What.File when _file is { } file:
                return new DocumentContent.Upload(file, AsPicture);
            case What.File:
                return Missing("file", "Choose a photo or a PDF.");
            case What.Library when Chosen(_choices!.Library) is { } item:
                return new DocumentContent.FromLibrary(item.Id);
            case What.Library:
                return Missing("library", "Choose a file or a form.");
            case What.Form when Id<FormTemplate>.TryParse(_form, provider: null, out var form):
                return new DocumentContent.Form(form);
            case What.Form:
                return Missing("form", "Choose a form.");
            case What.Statement:
                return new DocumentContent.Statement();
            case What.PatientFile:
                return new DocumentContent.PatientFile();
            case What.Update when _file is { } photo && !FileKinds.IsPicture(photo.ContentType):
                return Missing("file", "Only a photo goes with an update.");
            default:
                return new DocumentContent.Update(_text, _file);
        }
    }

    private DocumentContent? Missing(string field, string problem)
    {
        _errors.Take([new FieldProblem(field, problem)]);
        return null;
    }

    private LibraryItem? Chosen(IReadOnlyList<LibraryItem> items) =>
        items.FirstOrDefault(item => item.Id.ToString() == _library);

    private string? Invalid(string field) => _errors[field] is null ? null : "true";

    [LoggerMessage(LogLevel.Error, "A document could not be sent from the dialog")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
