using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Microsoft.DurableTask
{
    /// <summary>Turns inputs, outputs and events into what a history stores.</summary>
    public abstract class DataConverter
    {
        [return: NotNullIfNotNull("value")]
        public abstract string? Serialize(object? value);

        [return: NotNullIfNotNull("data")]
        public abstract object? Deserialize(string? data, Type targetType);

        [return: NotNullIfNotNull("data")]
        public virtual T? Deserialize<T>(string? data) => (T?)Deserialize(data, typeof(T))!;
    }
}

namespace Microsoft.DurableTask.Converters
{
    /// <summary>JSON, public fields included; nothing for null.</summary>
    public class JsonDataConverter : DataConverter
    {
        private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

        private readonly JsonSerializerOptions _options;

        public JsonDataConverter(JsonSerializerOptions? options = null) => _options = options ?? WithFields;

        public static JsonDataConverter Default { get; } = new();

        public override string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, _options);

        public override object? Deserialize(string? data, Type targetType) =>
            data is null ? null : JsonSerializer.Deserialize(data, targetType, _options);
    }
}
