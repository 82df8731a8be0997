using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>What every change of a line does inside a transaction, whoever makes it.</summary>
internal static class LineChanges
{
    /// <summary>
    /// A number becomes a line, inside the caller's transaction; one that was given back comes back. Null: it is a line
    /// already. The caller saves.
    /// </summary>
    public static async Task<Line?> AdoptAsync(
        WriteSession session,
        PhoneNumber number,
        LineType type,
        AddOn addOn,
        Actor actor
    )
    {
        var line = await session.Db.Lines.FirstOrDefaultAsync(l => l.Number == number);
        if (line is { ReleasedAt: null })
        {
            return null;
        }
        if (line is null)
        {
            line = new Line(Id<Line>.New(session.Now), number, type, AddOn.Off, session.Now);
            session.Db.Lines.Add(line);
        }
        line.TakeBack();
        Switch(session, line, addOn, actor);
        return line;
    }

    /// <summary>Saves a changed line with the word of it, inside the caller's transaction.</summary>
    public static async Task<LineResult> SaveAsync(
        WriteSession session,
        Line line,
        Actor actor,
        string action
    )
    {
        session.Note(actor, action, line.Id.ToString());
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.LineChanged());
        session.WakeOutbox();
        return new LineResult.Saved(line);
    }

    /// <summary>Switches a line and writes down that it was: fees are counted by it.</summary>
    public static void Switch(WriteSession session, Line line, AddOn addOn, Actor actor)
    {
        if (line.AddOn == addOn)
        {
            return;
        }
        session.Db.AddOnSwitches.Add(
            new AddOnSwitch(
                Id<AddOnSwitch>.New(session.Now),
                line.Id,
                line.AddOn,
                addOn,
                session.Now,
                actor.Name
            )
        );
        line.SwitchTo(addOn);
    }

    /// <summary>Whether a number can be a line: readable, and not the clinic's own.</summary>
    public static bool TryRead(
        string text,
        LineType type,
        ClinicProfile clinic,
        out PhoneNumber number,
        out string problem
    )
    {
        problem = "";
        if (type == LineType.ShortCode)
        {
            if (PhoneNumber.TryFromCarrier(text, out number) && !number.Value.StartsWith('+'))
            {
                return true;
            }
            problem = "A short code has three to six digits.";
            return false;
        }
        if (!PhoneNumber.TryParse(text, clinic.Region, out number, out var unreadable))
        {
            problem = unreadable;
            return false;
        }
        if (PhoneNumber.TryParse(clinic.Phone, clinic.Region, out var own, out _) && own == number)
        {
            problem =
                "This is the clinic's own number, which can't be used for texting. Rent a virtual number.";
            return false;
        }
        return true;
    }
}
