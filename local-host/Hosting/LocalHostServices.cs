using System.Text.Json;
using Hybrid.LocalHost.Durable;
using Hybrid.LocalHost.Durable.Client;
using Hybrid.LocalHost.Durable.Engine;
using Hybrid.LocalHost.Invocation;
using Hybrid.LocalHost.Triggers.Activities;
using Hybrid.LocalHost.Triggers.Http;
using Hybrid.LocalHost.Triggers.Orchestrations;
using Hybrid.LocalHost.Triggers.Queues;
using Hybrid.Telemetry.Exposition;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Hosting;

/// <summary>The composition of the host.</summary>
internal static class LocalHostServices
{
    /// <param name="functions">The types whose functions are served.</param>
    /// <param name="configure">Adds their services and middleware, as their own <c>Program.cs</c> does for a Functions worker.</param>
    public static WebApplicationBuilder AddLocalHost(
        this WebApplicationBuilder builder, IReadOnlyList<Type> functions, Action<IFunctionsWorkerApplicationBuilder, IConfiguration> configure)
    {
        builder.Configuration.AddLocalSettings();
        // A request's trace and its id stand in its lines. Four lines a request say nothing that metrics and traces do not; any other source of settings can ask for them again.
        builder.Configuration.Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData =
                [
                    new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning)),
                    new("Logging:Console:FormatterName", ConsoleFormatterNames.Simple),
                    new("Logging:Console:FormatterOptions:IncludeScopes", bool.TrueString),
                ],
            });
        var hostJson = HostJson.Read(builder.Configuration);
        var pipeline = new FunctionPipeline(builder.Services);
        configure(pipeline, builder.Configuration);
        builder.Services
            .AddSingleton(pipeline)
            .AddSingleton<FunctionInvoker>()
            .AddSingleton<Readiness>()
            .AddDurable(builder.Configuration, hostJson)
            .AddTriggers(hostJson, functions)
            .AddMetricsExposition()
            .AddMvcCore();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddListener();
        return builder;
    }

    private static IServiceCollection AddDurable(this IServiceCollection services, ConfigurationManager configuration, IConfiguration hostJson)
    {
        services.AddOptionsWithValidateOnStart<DurableOptions, DurableOptionsValidator>()
            .Configure(options =>
            {
                options.Database = DatabasePath.Default(Directory.GetCurrentDirectory());
                var host = hostJson.GetSection("extensions:durableTask");
                options.MaxConcurrentActivities = host.GetValue("maxConcurrentActivityFunctions", options.MaxConcurrentActivities);
                options.MaxConcurrentOrchestrators = host.GetValue("maxConcurrentOrchestratorFunctions", options.MaxConcurrentOrchestrators);
            })
            .Bind(configuration.GetSection(DurableOptions.Section));
        // The serializer of a Functions worker: its options are JsonSerializerOptions from the container.
        services.TryAddSingleton<DataConverter>(provider => new JsonDataConverter(provider.GetRequiredService<IOptions<JsonSerializerOptions>>().Value));
        return services
            .AddSingleton<TaskRegistry>()
            .AddSingleton(provider => DurableEngine.Open(
                provider.GetRequiredService<TaskRegistry>(),
                provider.GetRequiredService<IOptions<DurableOptions>>().Value,
                provider.GetRequiredService<DataConverter>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>()))
            .AddSingleton<DurableTaskClient, EmbeddedDurableTaskClient>()
            .AddHostedService<DurableEngineService>();
    }

    private static IServiceCollection AddTriggers(this IServiceCollection services, IConfiguration hostJson, IReadOnlyList<Type> functions)
    {
        services.AddOptionsWithValidateOnStart<HttpHostOptions, HttpHostOptionsValidator>().Bind(hostJson.GetSection(HttpHostOptions.Section));
        services.AddOptionsWithValidateOnStart<QueueHostOptions, QueueHostOptionsValidator>().Bind(hostJson.GetSection(QueueHostOptions.Section));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<HttpHostOptions>>((limiter, http) => RequestLimits.Configure(limiter, http.Value));
        return services
            .AddSingleton(new ServedFunctions(functions))
            .AddSingleton<QueueClients>()
            .AddTrigger<HttpTriggers>()
            .AddTrigger<QueueTriggers>()
            .AddTrigger<OrchestrationTriggers>()
            .AddTrigger<ActivityTriggers>()
            .AddSingleton<QueueListenerService>()
            .AddHostedService(provider => provider.GetRequiredService<QueueListenerService>());
    }

    private static IServiceCollection AddTrigger<T>(this IServiceCollection services)
        where T : class, ITriggerKind =>
        services.AddSingleton<T>().AddSingleton<ITriggerKind>(provider => provider.GetRequiredService<T>());

    private static void AddListener(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptionsWithValidateOnStart<LocalHostOptions, LocalHostOptionsValidator>().BindConfiguration(LocalHostOptions.Section);
        var options = builder.Configuration.GetSection(LocalHostOptions.Section).Get<LocalHostOptions>() ?? new LocalHostOptions();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
            kestrel.Limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
    }
}
