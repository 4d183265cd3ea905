using System.Globalization;
using Hybrid.GpuHost.Models.Configuration.Prototext;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>
/// Takes the fields that are known out of a message; what is wrong with a value, and what nobody knew in the end, becomes a fault. A value
/// that is wrong reads as one that is not there, so that all faults are found.
/// </summary>
internal sealed class MessageReader
{
    private readonly List<ProtoField> _fields;
    private readonly string _path;
    private readonly ConfigurationFaults _faults;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public MessageReader(ProtoMessage message, string path, ConfigurationFaults faults)
    {
        _fields = [.. message.Fields];
        _path = path;
        _faults = faults;
        Line = message.Line;
    }

    public int Line { get; }

    /// <summary>The line of a field that is there; else the message's.</summary>
    public int LineOf(string name) => _fields.Find(field => field.Name == name)?.Line ?? Line;

    public long? Number(string name, long min, long max) => One(name) is { } field ? NumberOf(field, min, max) : null;

    public IReadOnlyList<(long Value, int Line)> Numbers(string name, long min, long max) =>
        [.. All(name).Select(field => (Value: NumberOf(field, min, max), field.Line)).Where(number => number.Value is not null).Select(number => (number.Value!.Value, number.Line))];

    public bool? Flag(string name) => Word(name, ("true", true), ("True", true), ("t", true), ("1", true), ("false", false), ("False", false), ("f", false), ("0", false));

    /// <summary>One of these words, of which each is a value.</summary>
    public T? Word<T>(string name, params (string Word, T Value)[] words)
        where T : struct
    {
        if (One(name) is not { } field)
        {
            return null;
        }

        foreach (var (word, value) in words)
        {
            if (field.Value is ProtoScalar { IsString: false } scalar && scalar.Text == word)
            {
                return value;
            }
        }

        _faults.Add(field.Line, $"{_path}{name} is {Show(field.Value)}; it is one of {string.Join(", ", words.Select(word => word.Word))}.");
        return null;
    }

    public string? Text(string name)
    {
        if (One(name) is not { } field)
        {
            return null;
        }

        if (field.Value is ProtoScalar { IsString: true } text)
        {
            return text.Text;
        }

        _faults.Add(field.Line, $"{_path}{name} is {Show(field.Value)}; it is a text in quotes.");
        return null;
    }

    public MessageReader? Message(string name) => One(name) is { } field ? MessageOf(field) : null;

    public IEnumerable<MessageReader> Messages(string name) => [.. All(name).Select(MessageOf).OfType<MessageReader>()];

    /// <summary>The fields of these names that are there and are not read.</summary>
    public IEnumerable<string> Ignored(params string[] names)
    {
        _known.UnionWith(names);
        return _fields.Select(field => field.Name).Distinct().Where(names.Contains).Select(name => _path + name);
    }

    /// <summary>Says which fields nobody has asked for.</summary>
    public void End()
    {
        foreach (var field in _fields.Where(field => !_known.Contains(field.Name)))
        {
            _faults.Add(field.Line, $"{_path}{field.Name} is no field of a Triton model configuration; correct its name or remove it.");
        }
    }

    private IEnumerable<ProtoField> All(string name)
    {
        _known.Add(name);
        return _fields.Where(field => field.Name == name);
    }

    private ProtoField? One(string name)
    {
        ProtoField? first = null;
        foreach (var field in All(name))
        {
            if (first is not null)
            {
                _faults.Add(field.Line, $"{_path}{name} stands here again after line {first.Line}; leave one of them.");
            }

            first ??= field;
        }

        return first;
    }

    private long? NumberOf(ProtoField field, long min, long max)
    {
        if (field.Value is ProtoScalar { IsString: false } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        _faults.Add(field.Line, string.Create(CultureInfo.InvariantCulture, $"{_path}{field.Name} is {Show(field.Value)}; it is a whole number from {min} to {max}."));
        return null;
    }

    private MessageReader? MessageOf(ProtoField field)
    {
        if (field.Value is ProtoMessage message)
        {
            return new MessageReader(message, $"{_path}{field.Name}.", _faults);
        }

        _faults.Add(field.Line, $"{_path}{field.Name} is {Show(field.Value)}; it is a message in braces.");
        return null;
    }

    private static string Show(ProtoValue value) => value switch
    {
        ProtoScalar { IsString: true } text => $"\"{text.Text}\"",
        ProtoScalar scalar => scalar.Text,
        _ => "a message",
    };
}
