using System.ComponentModel;
using System.Globalization;

namespace Hybrid.GpuHost.Execution;

/// <summary>A setting that is a number, or <c>auto</c>: what was measured to be best here.</summary>
/// <param name="Count">Null: auto.</param>
[TypeConverter(typeof(Converter))]
public readonly record struct CountOrAuto(int? Count)
{
    public static readonly CountOrAuto Auto = new(null);

    public static implicit operator CountOrAuto(int count) => new(count);

    public override string ToString() => Count?.ToString(CultureInfo.InvariantCulture) ?? "auto";

    private sealed class Converter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => ((string)value).Trim() switch
        {
            var text when text.Equals("auto", StringComparison.OrdinalIgnoreCase) => Auto,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => new CountOrAuto(count),
            var text => throw new FormatException($"'{text}' is neither a number nor 'auto'."),
        };
    }
}
