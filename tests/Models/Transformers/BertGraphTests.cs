using Hybrid.ModelFixtures;
using Hybrid.Models.Tests.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Transformers;

public sealed class BertGraphTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-bert-");
    private InferenceSession _session = null!;

    public async ValueTask InitializeAsync()
    {
        await HuggingFaceFixtures.WriteEncoderAsync(_folder.FullName, TestContext.Current.CancellationToken);
        _session = new InferenceSession(Path.Combine(_folder.FullName, "onnx", "model.onnx"));
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Encode_BatchWithPadding_EqualsEachAlone()
    {
        long[][] texts = [[2, 20, 3], [2, 30, 31, 32, 33, 34, 3]];

        var together = Encode(texts);

        for (var i = 0; i < texts.Length; i++)
        {
            var alone = Encode([texts[i]])[0];
            for (var j = 0; j < alone.Length; j++)
                Assert.Equal(alone[j], together[i][j], 1e-5f);
        }
    }

    [Fact]
    public void Encode_SameTokenElsewhere_GivesAnotherVector()
    {
        var hidden = Encode([[2, 20, 20, 3]])[0];

        Assert.NotEqual(hidden.AsSpan(32, 32).ToArray(), hidden.AsSpan(64, 32).ToArray());
    }

    private float[][] Encode(long[][] texts)
    {
        var batch = Batch.Of(texts);
        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, [batch.Rows, batch.Columns]);
        using var mask = OrtValue.CreateTensorValueFromMemory(batch.Mask, [batch.Rows, batch.Columns]);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[batch.Ids.Length], [batch.Rows, batch.Columns]);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types], ["last_hidden_state"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(batch.Columns * HuggingFaceFixtures.EncoderDimensions).ToArray();
    }
}
