using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Clinic.Inbox.Documents;

/// <summary>
/// What a browser gets that has opened a document: a sealed cookie for that one link, which ends by itself. Without it
/// neither the content nor the file is served, whoever has the address.
/// </summary>
public sealed class DocumentGrants(IDataProtectionProvider protection)
{
    private const string Cookie = "inbox-document";

    /// <summary>A file is looked at at once.</summary>
    private static readonly TimeSpan ForFiles = TimeSpan.FromMinutes(30);

    /// <summary>A form is filled in between two other things, and what was typed must not be lost.</summary>
    private static readonly TimeSpan ForForms = TimeSpan.FromHours(12);

    private readonly ITimeLimitedDataProtector _seal = protection
        .CreateProtector("Clinic.Inbox.Documents.Grant")
        .ToTimeLimitedDataProtector();

    /// <param name="path">Of the link's page: no other is sent the cookie.</param>
    public void Give(HttpContext context, DocumentAtDoor document, string path)
    {
        var lasts = document.Kind == DocumentKind.Form ? ForForms : ForFiles;
        context.Response.Cookies.Append(
            Cookie,
            _seal.Protect(document.Hash, lasts),
            new CookieOptions
            {
                HttpOnly = true,
                Secure = context.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                Path = path,
                MaxAge = lasts,
                IsEssential = true,
            }
        );
    }

    /// <summary>Whether this browser has opened this link a short while ago.</summary>
    public bool Holds(HttpContext context, DocumentAtDoor document)
    {
        if (!context.Request.Cookies.TryGetValue(Cookie, out var sealedGrant))
        {
            return false;
        }
        try
        {
            return _seal.Unprotect(sealedGrant) == document.Hash;
        }
        catch (CryptographicException)
        {
            // Forged, of another installation, or over.
            return false;
        }
    }
}
