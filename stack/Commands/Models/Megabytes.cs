using System.Globalization;

namespace Hybrid.Stack.Commands.Models;

internal static class Megabytes
{
    /// <summary>Bytes for people, e.g. <c>86.4 MB</c>; what is small is told in kilobytes.</summary>
    public static string Text(long bytes) =>
        bytes < 100_000
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
