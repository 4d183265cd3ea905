namespace Hybrid.LocalHost.Hosting;

/// <summary>The <c>Values</c> of local.settings.json, where functions keep their settings for this machine. Every other source has precedence.</summary>
internal static class LocalSettings
{
    public static void AddLocalSettings(this ConfigurationManager configuration)
    {
        var values = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(HostJson.Folder(configuration), "local.settings.json"), optional: true)
            .Build()
            .GetSection("Values")
            .AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is not null)
            .Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), pair.Value));
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = values });
    }
}
