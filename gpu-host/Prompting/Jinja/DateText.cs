using System.Globalization;
using System.Text;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>The function <c>strftime_now</c>, with which templates tell a model the date; in UTC, so that all hosts agree.</summary>
internal static class DateText
{
    public static Callable Function(TimeProvider time) => arguments =>
        Values.Text(Format(time.GetUtcNow(), arguments.Text(0, "format") ?? "", arguments.Scope));

    private static string Format(DateTimeOffset now, string format, Scope scope)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            text.Append(format[i] != '%' || i + 1 == format.Length ? format[i].ToString() : Field(now, format[++i], scope));
        }

        return text.ToString();
    }

    private static string Field(DateTimeOffset now, char field, Scope scope) => field switch
    {
        'Y' => now.ToString("yyyy", CultureInfo.InvariantCulture),
        'y' => now.ToString("yy", CultureInfo.InvariantCulture),
        'm' => now.ToString("MM", CultureInfo.InvariantCulture),
        'B' => now.ToString("MMMM", CultureInfo.InvariantCulture),
        'b' => now.ToString("MMM", CultureInfo.InvariantCulture),
        'd' => now.ToString("dd", CultureInfo.InvariantCulture),
        'A' => now.ToString("dddd", CultureInfo.InvariantCulture),
        'a' => now.ToString("ddd", CultureInfo.InvariantCulture),
        'H' => now.ToString("HH", CultureInfo.InvariantCulture),
        'M' => now.ToString("mm", CultureInfo.InvariantCulture),
        'S' => now.ToString("ss", CultureInfo.InvariantCulture),
        '%' => "%",
        _ => throw scope.Fault($"'%{field}' in a date is not supported."),
    };
}
