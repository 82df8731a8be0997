using Clinic.Inbox.Data;

namespace Clinic.Inbox.Operations;

/// <summary>The app's settings without the app, for commands that work beside it or while it can't start.</summary>
internal static class CommandHost
{
    /// <param name="args">Settings of the command line, without the command's own words.</param>
    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = "Clinic.Inbox",
                ContentRootPath = ContentRoot.Find(),
            }
        );
        builder.Configuration.AddSecretFiles();
        return builder;
    }
}
