using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>What came of saving a form.</summary>
public abstract record FormResult
{
    private FormResult() { }

    public sealed record Saved(FormTemplate Form) : FormResult;

    /// <summary>Nothing was written.</summary>
    /// <param name="Problems">By field: <c>title</c>, <c>intro</c>, <c>questions</c>, <c>questions[2].label</c> …</param>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : FormResult;

    /// <summary>There is no such form (any more).</summary>
    public sealed record NotFound : FormResult;
}

/// <summary>Writes and reads the clinic's forms.</summary>
public sealed class FormBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Questions of one form.</summary>
    public const int MostQuestions = 60;

    private const int MostChoices = 30;
    private const int LongestLabel = 300;

    /// <summary>Forms that are offered, by title, each with its number of questions.</summary>
    public async Task<IReadOnlyList<(FormTemplate Form, int Questions)>> ListAsync(
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var forms = await db
            .FormTemplates.AsNoTracking()
            .Where(f => f.RemovedAt == null)
            .OrderBy(f => f.Title)
            .Join(
                db.FormVersions,
                f => new { f.Id, Number = f.Version },
                v => new { Id = v.FormId, v.Number },
                (f, v) => new { Form = f, v.Questions }
            )
            .ToListAsync(cancellation);
        return [.. forms.Select(f => (f.Form, f.Questions.Count))];
    }

    /// <summary>The newest version of a form that is offered; null when there is none.</summary>
    public async Task<FormVersion?> NewestAsync(Id<FormTemplate> id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .FormVersions.AsNoTracking()
            .Where(v => v.FormId == id)
            .Where(v => db.FormTemplates.Any(f => f.Id == id && f.RemovedAt == null))
            .OrderByDescending(v => v.Number)
            .FirstOrDefaultAsync(cancellation);
    }

    /// <param name="id">Null: a new one.</param>
    public Task<FormResult> SaveAsync(
        Id<FormTemplate>? id,
        FormDraft draft,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var (clean, problems) = Check(draft);
        if (problems.Count > 0)
        {
            return Task.FromResult<FormResult>(new FormResult.Invalid(problems));
        }
        return writer.RunAsync<FormResult>(
            async session =>
            {
                var db = session.Db;
                FormTemplate? form;
                if (id is { } known)
                {
                    await session.LockAsync("FormTemplates", "Id", known.ToString());
                    form = await db.FormTemplates.FirstOrDefaultAsync(f =>
                        f.Id == known && f.RemovedAt == null
                    );
                    if (form is null)
                    {
                        return new FormResult.NotFound();
                    }
                }
                else
                {
                    form = new FormTemplate(
                        Id<FormTemplate>.New(session.Now),
                        clean.Title,
                        session.Now
                    );
                    db.FormTemplates.Add(form);
                }
                db.FormVersions.Add(form.Revise(clean, actor.Name, session.Now));
                session.Note(
                    actor,
                    id is null ? "form.added" : "form.changed",
                    form.Id.ToString(),
                    $"version {form.Version}"
                );
                await db.SaveChangesAsync();
                return new FormResult.Saved(form);
            },
            cancellation
        );
    }

    /// <summary>It is not offered any more, in the library neither; links that were sent go on. False when it is not there.</summary>
    public Task<bool> RemoveAsync(
        Id<FormTemplate> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var form = await session.Db.FormTemplates.FirstOrDefaultAsync(f =>
                    f.Id == id && f.RemovedAt == null
                );
                if (form is null)
                {
                    return false;
                }
                form.Remove(session.Now);
                await session.Db.LibraryItems.Where(i => i.FormId == id).ExecuteDeleteAsync();
                session.Note(actor, "form.removed", id.ToString());
                await session.Db.SaveChangesAsync();
                return true;
            },
            cancellation
        );

    /// <summary>The draft tidied, and what is wrong with it.</summary>
    internal static (FormDraft Clean, IReadOnlyList<FieldProblem> Problems) Check(FormDraft draft)
    {
        var typed = new TypedText();
        var title = typed.Line(draft.Title, "title", "A title", SharedDocument.LongestTitle)!;
        if (title.Length == 0)
        {
            typed.Add("title", "Enter the name that clients read.");
        }
        var intro = typed.Lines(draft.Intro, "intro", "The introduction", 2_000)!;
        if (draft.Questions.Count == 0)
        {
            typed.Add("questions", "Ask at least one question.");
        }
        if (draft.Questions.Count > MostQuestions)
        {
            typed.Add("questions", $"A form has at most {MostQuestions} questions.");
        }
        var questions = draft
            .Questions.Select((question, at) => Check(question, at, typed))
            .ToList();
        return (new FormDraft(title, intro, questions), typed.Problems);
    }

    private static FormQuestion Check(FormQuestion question, int at, TypedText typed)
    {
        var field = $"questions[{at}]";
        var label = typed.Line(question.Label, field + ".label", "A question", LongestLabel)!;
        if (label.Length == 0)
        {
            typed.Add(field + ".label", "Write the question.");
        }
        var choices = question.HasChoices
            ? question
                .Choices.Select(c => typed.Line(c, field + ".choices", "A choice", 200)!)
                .Where(c => c.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .ToList()
            : [];
        if (question.HasChoices && choices.Count < 2)
        {
            typed.Add(field + ".choices", "Give at least two choices, one a line.");
        }
        if (choices.Count > MostChoices)
        {
            typed.Add(field + ".choices", $"Give at most {MostChoices} choices.");
        }
        return question with
        {
            Key = $"q{at + 1}",
            Label = label,
            Hint = typed.Line(question.Hint, field + ".hint", "A hint", LongestLabel)!,
            Choices = choices,
        };
    }
}
