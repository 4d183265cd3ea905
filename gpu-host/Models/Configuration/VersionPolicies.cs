using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>Reads <c>version_policy</c>.</summary>
internal static class VersionPolicies
{
    /// <param name="message">Null: the file has none.</param>
    /// <param name="faults">Gets what is wrong.</param>
    public static VersionPolicy? Read(MessageReader? message, ConfigurationFaults faults)
    {
        if (message is null)
        {
            return null;
        }

        var choices = new List<VersionPolicy>();
        if (message.Message("latest") is { } latest)
        {
            // Not set, and so 0, is one.
            choices.Add(new VersionPolicy.Latest(Math.Max(1, (int)(latest.Number("num_versions", 0, VersionPolicy.MostVersions) ?? 1))));
            latest.End();
        }

        if (message.Message("all") is { } all)
        {
            choices.Add(new VersionPolicy.All());
            all.End();
        }

        if (message.Message("specific") is { } specific)
        {
            choices.Add(new VersionPolicy.Specific([.. specific.Numbers("versions", 1, int.MaxValue).Select(version => (int)version.Value)]));
            specific.End();
        }

        message.End();
        if (choices.Count > 1)
        {
            faults.Add(message.Line, "version_policy has several policies; leave one of latest, all and specific.");
        }

        return choices.FirstOrDefault();
    }
}
