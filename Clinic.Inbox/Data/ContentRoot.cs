namespace Clinic.Inbox.Data;

/// <summary>
/// The folder that holds <c>appsettings.json</c>, <c>wwwroot-assets</c> and <c>data</c>: the top of the repository when
/// run from source, the app's own folder when published.
/// </summary>
public static class ContentRoot
{
    public static string Find()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            if (File.Exists(Path.Combine(folder.FullName, "Clinic.Inbox.sln")))
            {
                return folder.FullName;
            }
        }
        return AppContext.BaseDirectory;
    }
}
