namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>The functions that every template has.</summary>
internal static class Globals
{
    public static Callable? Find(string name) => name switch
    {
        "range" => Range,
        "namespace" or "dict" => arguments => Map(arguments),
        "raise_exception" => arguments => throw arguments.Scope.Refusal(arguments.Text(0, "message") ?? "The template does not take these messages."),
        _ => null,
    };

    private static List<object?> Range(Arguments arguments)
    {
        var (start, stop) = arguments.Count == 1 ? (0, arguments.Integer(0, "stop", 0)) : (arguments.Integer(0, "start", 0), arguments.Integer(1, "stop", 0));
        var step = arguments.Integer(2, "step", 1);
        if (step == 0)
        {
            throw arguments.Scope.Fault("a range's step cannot be 0.");
        }

        var numbers = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            arguments.Scope.Allow(numbers.Count * 16L);
            numbers.Add(i);
        }

        return numbers;
    }

    private static Dictionary<string, object?> Map(Arguments arguments)
    {
        var map = new Dictionary<string, object?>(arguments.Named, StringComparer.Ordinal);
        if (arguments.Positional is [Dictionary<string, object?> given])
        {
            foreach (var (key, value) in given)
            {
                map.TryAdd(key, value);
            }
        }

        return map;
    }
}
