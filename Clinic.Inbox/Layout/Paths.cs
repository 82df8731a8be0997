namespace Clinic.Inbox.Layout;

/// <summary>Addresses of the pages that other pages link to.</summary>
public static class Paths
{
    public const string Day = "/schedule/day";
    public const string Inbox = "/schedule/inbox";
    public const string Clients = "/clients";
    public const string Settings = "/settings";
    public const string Users = "/settings/users";
    public const string SignIn = "/account/sign-in";
    public const string SignOut = "/account/sign-out";
    public const string AccessDenied = "/account/denied";
    public const string Setup = "/account/setup";
}
