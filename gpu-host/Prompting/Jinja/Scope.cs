using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>The names that a statement sees, and what all statements of one rendering share.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);
    private readonly Scope? _outer;
    private readonly Rendering _rendering;

    public Scope(IEnumerable<KeyValuePair<string, object?>> names, RenderLimits limits, CancellationToken cancellationToken)
    {
        _rendering = new Rendering(limits, cancellationToken);
        foreach (var (name, value) in names)
        {
            _names[name] = value;
        }
    }

    private Scope(Scope outer)
    {
        _outer = outer;
        _rendering = outer._rendering;
        Output = outer.Output;
    }

    /// <summary>Where text goes.</summary>
    public List<MarkedText> Output { get; private init; } = [];

    /// <summary>The template's own names: what a macro sees besides its arguments.</summary>
    public Scope Global => _outer?.Global ?? this;

    public Scope Inner() => new(this);

    /// <summary>A scope whose output is kept apart.</summary>
    public Scope Capturing() => new(this) { Output = [] };

    public object? this[string name] => Find(name, out var value) ? value : Globals.Find(name) ?? (object)new Undefined(name);

    public void Set(string name, object? value) => _names[name] = value;

    public void Write(MarkedText text)
    {
        _rendering.Characters += text.Length;
        if (_rendering.Characters > _rendering.Limits.Characters)
        {
            throw Fault($"it writes more than {_rendering.Limits.Characters} characters.");
        }

        if (text.Length > 0)
        {
            Output.Add(text);
        }
    }

    /// <summary>Counts one statement or expression.</summary>
    public void Step(int line)
    {
        _rendering.Line = line;
        if (++_rendering.Steps > _rendering.Limits.Steps)
        {
            throw Fault($"it takes more than {_rendering.Limits.Steps} steps.");
        }

        if (_rendering.Steps % 1024 == 0)
        {
            _rendering.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Room for values that are built without being written.</summary>
    public void Allow(long length)
    {
        if (length > _rendering.Limits.Characters)
        {
            throw Fault($"it makes a value longer than {_rendering.Limits.Characters}.");
        }
    }

    public void Enter()
    {
        if (++_rendering.Depth > _rendering.Limits.Depth)
        {
            throw Fault($"macros call each other more than {_rendering.Limits.Depth} deep.");
        }
    }

    public void Leave() => _rendering.Depth--;

    /// <summary>An error at the statement that is being evaluated.</summary>
    public TemplateException Fault(string what) => new(_rendering.Line, what);

    public TemplateException Refusal(string message) => new(_rendering.Line, message) { Refusal = message };

    private bool Find(string name, out object? value)
    {
        value = null;
        return _names.TryGetValue(name, out value) || (_outer?.Find(name, out value) ?? false);
    }

    private sealed class Rendering(RenderLimits limits, CancellationToken cancellationToken)
    {
        public RenderLimits Limits { get; } = limits;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public int Line { get; set; } = 1;

        public int Steps { get; set; }

        public long Characters { get; set; }

        public int Depth { get; set; }
    }
}
