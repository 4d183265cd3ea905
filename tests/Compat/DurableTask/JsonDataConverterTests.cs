using System.Text.Json;
using Microsoft.DurableTask.Converters;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class JsonDataConverterTests
{
    private static readonly JsonDataConverter Converter = JsonDataConverter.Default;

    [Fact]
    public void Value_ComesBack()
    {
        var question = new Question("why", 3, [1.5f, 2]);
        var data = Converter.Serialize(question);
        Assert.Equal("""{"Text":"why","Top":3,"Vector":[1.5,2]}""", data);
        Assert.Equal(question.Vector, Converter.Deserialize<Question>(data)!.Vector);
        Assert.Equal("why", ((Question)Converter.Deserialize(data, typeof(Question))!).Text);
        Assert.Equal(5, Converter.Deserialize<int>(Converter.Serialize(5)));
    }

    [Fact]
    public void Fields_AreIncluded() =>
        Assert.Equal((1, 2), Converter.Deserialize<(int, int)>(Converter.Serialize((1, 2))));

    [Fact]
    public void Null_IsNothing()
    {
        Assert.Null(Converter.Serialize(null));
        Assert.Null(Converter.Deserialize<string>(null));
        Assert.Null(Converter.Deserialize<int?>(null));
        Assert.Throws<NullReferenceException>(() => Converter.Deserialize<int>(null)); // nothing is no number
    }

    [Fact]
    public void OwnOptions_ReplaceTheDefaults() =>
        Assert.Equal("""{"text":"a","top":1,"vector":[]}""", new JsonDataConverter(JsonSerializerOptions.Web).Serialize(new Question("a", 1, [])));

    private sealed record Question(string Text, int Top, float[] Vector);
}
