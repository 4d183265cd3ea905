namespace Hybrid.LocalHost.Hosting;

/// <summary>
/// host.json, as a Functions host reads it: the file in the folder <c>AzureWebJobsScriptRoot</c> (default: beside the program),
/// over which settings <c>AzureFunctionsJobHost__…</c> have precedence.
/// </summary>
internal static class HostJson
{
    private const string FolderSetting = "AzureWebJobsScriptRoot";

    public static string Folder(IConfiguration configuration) => Path.GetFullPath(configuration[FolderSetting] ?? AppContext.BaseDirectory);

    /// <exception cref="InvalidDataException">The file is missing, no JSON, or of another version.</exception>
    public static IConfiguration Read(IConfiguration configuration)
    {
        var path = Path.Combine(Folder(configuration), "host.json");
        if (!File.Exists(path))
            throw new InvalidDataException($"There is no '{path}'. {FolderSetting} names the folder that holds host.json.");
        IConfiguration host;
        try
        {
            host = new ConfigurationBuilder().AddJsonFile(path).AddConfiguration(configuration.GetSection("AzureFunctionsJobHost")).Build();
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {(unreadable.InnerException ?? unreadable).Message}", unreadable);
        }
        return host["version"] == "2.0" ? host : throw new InvalidDataException($"'{path}' has version '{host["version"]}'; it must be \"2.0\".");
    }
}
