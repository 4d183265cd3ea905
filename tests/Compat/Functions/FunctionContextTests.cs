using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hybrid.Compat.Tests.Functions;

public sealed class FunctionContextTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private readonly InvocationContext _context;

    public FunctionContextTests() => _context = new InvocationContext(_services);

    [Fact]
    public void HttpContext_IsWhatTheHostPutAmongTheItems()
    {
        Assert.Null(_context.GetHttpContext());
        var request = new DefaultHttpContext();
        _context.Items["HttpRequestContext"] = request;
        Assert.Same(request, _context.GetHttpContext());
    }

    [Fact]
    public void Loggers_AreTheServicesOwn()
    {
        Assert.IsAssignableFrom<ILogger<FunctionContextTests>>(_context.GetLogger<FunctionContextTests>());
        Assert.NotNull(_context.GetLogger("category"));
    }

    [Fact]
    public void Context_HasNoBaggageAndNoCancellation_UnlessItsHostSaysSo()
    {
        Assert.Empty(_context.TraceContext.Baggage);
        Assert.Empty(_context.TraceContext.Attributes);
        Assert.False(_context.CancellationToken.CanBeCanceled);
    }

    [Fact]
    public void Features_AreFoundByType()
    {
        _context.Features.Set("feature");
        Assert.Equal("feature", _context.Features.Get<string>());
        Assert.Null(_context.Features.Get<Uri>());
    }

    [Fact]
    public void Parameter_KnowsWhetherItCanBeNull()
    {
        Assert.True(new FunctionParameter("a", typeof(string)).IsReferenceOrNullableType);
        Assert.True(_context.FunctionDefinition.Parameters[0].IsReferenceOrNullableType);
        Assert.False(new FunctionParameter("a", typeof(int)).IsReferenceOrNullableType);
        var optional = new FunctionParameter("a", typeof(int), true, 5);
        Assert.Equal((true, 5), (optional.HasDefaultValue, optional.DefaultValue));
        Assert.Throws<ArgumentNullException>(() => new FunctionParameter(null!, typeof(int)));
    }

    public void Dispose() => _services.Dispose();
}
