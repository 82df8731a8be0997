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

/// <summary>What is sent often: added, renamed, removed.</summary>
public sealed partial class LibraryPage(
    Library library,
    FormBook forms,
    DocumentFiles files,
    IDialogService dialogs,
    ISnackbar snackbar,
    ILogger<LibraryPage> log
) : LoadedPage(log)
{
    private IReadOnlyList<LibraryRow>? _rows;
    private IReadOnlyList<FormTemplate> _forms = [];
    private Id<LibraryItem>? _renaming;
    private string _name = "";
    private string _form = "";
    private string? _problem;
    private bool _busy;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    protected override async Task LoadAsync()
    {
        var rows = await library.ListAsync(Cancellation);
        var there = rows.Select(r => r.Item.FormId).ToHashSet();
        _forms =
        [
            .. (await forms.ListAsync(Cancellation))
                .Select(f => f.Form)
                .Where(f => !there.Contains(f.Id)),
        ];
        _rows = rows;
    }

    private async Task AddFileAsync(InputFileChangeEventArgs e)
    {
        (_problem, _busy) = (null, true);
        try
        {
            await using var content = e.File.OpenReadStream(
                Math.Max(DocumentFiles.LargestPdf, AttachmentIntake.LargestPicture),
                Cancellation
            );
            switch (await files.TakeAsync(content, e.File.Name, Cancellation))
            {
                case IntakeResult.Taken(var stored):
                    var name = Path.GetFileNameWithoutExtension(stored.Name);
                    name =
                        name.Length > SharedDocument.LongestTitle
                            ? name[..SharedDocument.LongestTitle]
                            : name;
                    await ChangeAsync(actor =>
                        library.AddFileAsync(name, stored, actor, Cancellation)
                    );
                    break;
                case IntakeResult.Refused(var reason):
                    _problem = reason;
                    break;
            }
        }
        catch (IOException)
        {
            // The browser's file is larger than what is read of it, or went away.
            _problem =
                $"This file could not be read. It may be larger than {FileSize.Write(DocumentFiles.LargestPdf)}.";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotChanged(log, failure);
            _problem = "This file could not be taken. Choose it again.";
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task AddFormAsync(string id)
    {
        _form = "";
        if (Id<FormTemplate>.TryParse(id, provider: null, out var form))
        {
            await ChangeAsync(actor => library.AddFormAsync(form, actor, Cancellation));
        }
    }

    private void BeginRename(LibraryItem item)
    {
        _renaming = item.Id;
        _name = item.Name;
    }

    private async Task RenameAsync()
    {
        if (_renaming is { } id)
        {
            var name = _name;
            if (await ChangeAsync(actor => library.RenameAsync(id, name, actor, Cancellation)))
            {
                _renaming = null;
            }
        }
    }

    private async Task RemoveAsync(LibraryItem item)
    {
        if (
            await dialogs.ConfirmAsync(
                $"Remove {item.Name}?",
                "It is not offered any more. What was sent of it stays with its documents.",
                "Remove",
                destructive: true
            )
        )
        {
            await ChangeAsync(actor => library.RemoveAsync(item.Id, actor, Cancellation));
        }
    }

    private async Task<bool> ChangeAsync(Func<Actor, Task<LibraryResult>> change)
    {
        try
        {
            var result = await change((await SignedIn).User.Actor());
            var problem = result switch
            {
                LibraryResult.NotFound => "It is not there any more.",
                LibraryResult.BadName => "A name has 1 to 100 characters.",
                LibraryResult.ThereAlready => "It is in the library already.",
                _ => null,
            };
            if (problem is not null)
            {
                snackbar.Add(problem, Severity.Warning);
            }
            await ReloadAsync();
            return problem is null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotChanged(log, failure);
            snackbar.Add("That could not be done. Try again.", Severity.Error);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "The library could not be changed")]
    private static partial void LogNotChanged(ILogger log, Exception failure);
}
