using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hybrid.Compat.Tests.Functions;

/// <summary>A Functions app's Program, up to the worker that only the real package has.</summary>
public sealed class FunctionsApplicationTests
{
    [Fact]
    public void Builder_TakesSettingsServicesAndMiddleware()
    {
        var builder = FunctionsApplication.CreateBuilder(["--Budget:Total", "3000"]).ConfigureFunctionsWebApplication();
        builder.UseMiddleware((_, next) => next());
        builder.Services.AddSingleton(TimeProvider.System);

        Assert.Equal("3000", builder.Configuration["Budget:Total"]);
        Assert.Same(builder.Services, ((IFunctionsWorkerApplicationBuilder)builder).Services);
        Assert.Same(builder.Services, ((IHostApplicationBuilder)builder).Services);
        Assert.NotNull(builder.Environment.ContentRootPath);
    }

    [Fact]
    public void Build_WithoutTheRealPackage_SaysHowToRunTheFunctions()
    {
        Assert.SkipUnless(PackageMode.StandIns, "the real package builds a worker");
        var refusal = Assert.Throws<NotSupportedException>(() => FunctionsApplication.CreateBuilder([]).Build());
        Assert.Contains("./hybrid up", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("HybridPackages=nuget", refusal.Message, StringComparison.Ordinal);
    }
}
