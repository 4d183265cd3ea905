using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Admission.Tenants;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Endpoints;
using Hybrid.GpuHost.Endpoints.OpenInference;
using Hybrid.GpuHost.Endpoints.Tasks;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Calibration;
using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Hosting;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.GpuHost.Models.Routing;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;
using Hybrid.GpuHost.Weights;
using Hybrid.Telemetry.Exposition;
using Hybrid.Telemetry.Http;
using Hybrid.Telemetry.Otlp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace Hybrid.GpuHost;

/// <summary>How the host is put together, part by part.</summary>
public static class GpuHostComposition
{
    public static WebApplicationBuilder AddGpuHost(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder.AddServer().AddTelemetry().AddAdmission().AddWeights().AddExecution().AddModels().AddEndpoints();
    }

    /// <exception cref="OptionsValidationException">The configuration cannot work (several: inside an <see cref="AggregateException"/>).</exception>
    public static WebApplication MapGpuHost(this WebApplication app)
    {
        // Before the parts below ask for their own options: so every mistake is named, not only the first.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<DeviceProbe>().CheckWhatWasAskedFor();
        app.UseHttpMetrics();
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<LoadReportMiddleware>();
        app.UseDrain();
        app.MapMetrics();
        app.Services.GetRequiredService<TaskEndpoints>().Map(app);
        app.Services.GetRequiredService<MetadataEndpoints>().Map(app);
        app.Services.GetRequiredService<InferEndpoints>().Map(app);
        app.Services.GetRequiredService<RepositoryEndpoints>().Map(app);
        return app;
    }

    private static WebApplicationBuilder AddServer(this WebApplicationBuilder builder)
    {
        builder.AddOptions<GpuHostOptions>(GpuHostOptions.Section);
        builder.Services.AddSingleton<Drain>().AddHostedService(services => services.GetRequiredService<Drain>());

        // Needed while the host is built, which is before its options are validated all together.
        var host = builder.Configuration.GetSection(GpuHostOptions.Section).Get<GpuHostOptions>() ?? new GpuHostOptions();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain.LongestOf(host));

        // For every request it would begin an Activity and a log scope, 0.9 KB, whether anybody looks or not. With traces exported the Activity is
        // there all the same; our own lines name the request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseUrls(host.Url).ConfigureKestrel(server => ServerLimits.Apply(host, server));
        return builder;
    }

    private static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<HostTelemetry>()
            .AddMetricsExposition()
            .AddOtlpExport(
                builder.Configuration,
                "hybrid-gpu-host",
                [TaskRoutes.Live, TaskRoutes.Ready, TaskRoutes.Models, MetricsExposition.Route],
                telemetry => telemetry.WithTracing(tracing => tracing.AddSource(HostTelemetry.Name)));
        return builder;
    }

    private static WebApplicationBuilder AddAdmission(this WebApplicationBuilder builder)
    {
        builder.AddOptions<AdmissionOptions>(AdmissionOptions.Section);
        builder.AddOptions<AdaptiveLimiterOptions>(AdaptiveLimiterOptions.Section);
        builder.AddOptions<TenantQuotaOptions>(TenantQuotaOptions.Section);
        builder.Services.AddSingleton(services =>
            new TenantQuota(services.GetRequiredService<IOptions<TenantQuotaOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<AdmissionGate>();
        return builder;
    }

    private static WebApplicationBuilder AddWeights(this WebApplicationBuilder builder)
    {
        builder.AddOptions<WeightsOptions>(WeightsOptions.Section);
        builder.Services.AddSingleton(services => ModelSources.Create(
            services.GetRequiredService<IOptions<WeightsOptions>>().Value, services.GetRequiredService<ILogger<IModelSource>>()));
        builder.Services.AddSingleton<WeightsStaging>();
        return builder;
    }

    private static WebApplicationBuilder AddExecution(this WebApplicationBuilder builder)
    {
        builder.AddOptions<ExecutionOptions>(ExecutionOptions.Section);
        builder.AddOptions<BatchingOptions>(BatchingOptions.Section);
        builder.AddOptions<GenerationOptions>(GenerationOptions.Section);
        builder.AddOptions<PromptingOptions>(PromptingOptions.Section);
        builder.Services
            .AddSingleton<DeviceProbe>()
            .AddSingleton(services => new NodePlacement(
                new NumaTopology("/"),
                ThreadAffinity.Allowed,
                services.GetRequiredService<IOptions<ExecutionOptions>>(),
                services.GetRequiredService<ILogger<NodePlacement>>()))
            .AddSingleton<OptimizedModels>()
            .AddSingleton<EngineFactory>()
            .AddSingleton<PlanCache>()
            .AddSingleton<PlanCalibration>();
        return builder;
    }

    private static WebApplicationBuilder AddModels(this WebApplicationBuilder builder)
    {
        builder.AddOptions<LifecycleOptions>(LifecycleOptions.Section);
        builder.AddOptions<MemoryBudgetOptions>(MemoryBudgetOptions.Section);
        builder.AddOptions<CanaryOptions>(CanaryOptions.Section);
        builder.Services.AddSingleton<GeneratePaths>().AddSingleton<ModelConfigurations>().AddSingleton<SharedTokenizers>().AddSingleton<ModelLoader>().AddSingleton<CanaryJudge>().AddSingleton<ModelsState>().AddSingleton<MemoryBudget>();
        builder.Services.AddSingleton<ModelLifecycle>().AddSingleton<ModelWatcher>().AddHostedService(services => services.GetRequiredService<ModelWatcher>());
        builder.Services.AddSingleton<IModelLoads>(services => new ModelLoads(
            services.GetRequiredService<ModelsState>(),
            id => services.GetRequiredService<ModelLifecycle>().LoadAsync(id, CancellationToken.None),
            services.GetRequiredService<IOptions<MemoryBudgetOptions>>().Value,
            services.GetRequiredService<HostTelemetry>(),
            services.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static WebApplicationBuilder AddEndpoints(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RequestPipeline>().AddSingleton<TaskEndpoints>().AddSingleton<MetadataEndpoints>().AddSingleton<InferEndpoints>();
        builder.Services.AddSingleton<RepositoryAccess>().AddSingleton<RepositoryEvents>().AddSingleton<RepositoryEndpoints>();
        return builder;
    }

    private static void AddOptions<T>(this WebApplicationBuilder builder, string section)
        where T : class => builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
