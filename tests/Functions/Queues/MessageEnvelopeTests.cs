using Hybrid.Functions.Queues;

namespace Hybrid.Functions.Tests.Queues;

public sealed class MessageEnvelopeTests
{
    [Theory]
    [InlineData("""{"id":"a"}""", null, null)]
    [InlineData("""{"id":"a","traceparent":"00-…","tracestate":"vendor=1"}""", "00-…", "vendor=1")]
    [InlineData("""{"id":"a","traceparent":7,"tracestate":["x"]}""", null, null)]
    public void Read_TraceContextOfWhateverKind_NeverCostsTheMessage(string message, string? traceParent, string? traceState) =>
        Assert.Equal(new MessageEnvelope("a", traceParent, traceState), MessageEnvelope.Read(message));
}
