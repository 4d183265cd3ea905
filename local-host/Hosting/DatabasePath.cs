namespace Hybrid.LocalHost.Hosting;

/// <summary>Where the durable database is when nobody says: <c>.hybrid/durable.db</c> in the repository that the host is started in, else in the current folder.</summary>
internal static class DatabasePath
{
    public static string Default(string currentFolder)
    {
        var root = currentFolder;
        for (var folder = new DirectoryInfo(currentFolder); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Hybrid.sln")))
                continue;
            root = folder.FullName;
            break;
        }
        return Path.Combine(root, ".hybrid", "durable.db");
    }
}
