using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary><c>POST /account/sign-out</c>, from a form of ours.</summary>
internal static class SignOutEndpoint
{
    public static void MapSignOut(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost(
                Paths.SignOut,
                async (
                    HttpContext context,
                    IAntiforgery forms,
                    SignInManager<InboxUser> signIn,
                    SessionBook sessions
                ) =>
                {
                    // A session that has already ended needs no proof that it was meant to end.
                    if (context.User.Identity?.IsAuthenticated is true)
                    {
                        if (!await forms.IsOursAsync(context))
                        {
                            return Results.StatusCode(StatusCodes.Status400BadRequest);
                        }
                        if (context.User.SessionId() is { } session)
                        {
                            // A copy of the cookie opens nothing any more, and other tabs end too.
                            await sessions.EndAsync(
                                session,
                                context.User.Actor(),
                                CancellationToken.None
                            );
                        }
                        await signIn.SignOutAsync();
                    }
                    return Results.LocalRedirect(Paths.SignIn);
                }
            )
            .AllowAnonymous()
            .DisableAntiforgery()
            .ExcludeFromDescription();
}
