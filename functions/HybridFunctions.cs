using Hybrid.Functions.Authentication;
using Hybrid.Functions.Errors;
using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Queues;
using Hybrid.Functions.Requests;
using Hybrid.Functions.Runs;
using Hybrid.Functions.Streaming;
using Hybrid.Functions.Telemetry;
using Hybrid.Orchestrations;
using Hybrid.Orchestrations.Telemetry;
using Hybrid.Telemetry.Exposition;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions;

/// <summary>The composition of the app, for whatever hosts its functions.</summary>
public static class HybridFunctions
{
    /// <summary>Adds what the functions need, and the middleware around them; outermost first.</summary>
    public static IFunctionsWorkerApplicationBuilder AddHybridFunctions(
        this IFunctionsWorkerApplicationBuilder builder, IConfiguration configuration)
    {
        builder.Services
            .AddTelemetry(configuration)
            .AddOrchestrations(configuration)
            .AddRequests(configuration)
            .AddStreaming(configuration)
            .AddAuthentication(configuration);
        return builder
            .UseMiddleware<ActivityMetricsMiddleware>()
            .UseMiddleware<ErrorMiddleware>()
            .UseMiddleware<ApiCallMiddleware>()
            .UseMiddleware<ApiKeyMiddleware>();
    }

    private static IServiceCollection AddRequests(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<RequestOptions, RequestOptionsValidator>().Bind(configuration.GetSection(RequestOptions.Section));
        return services
            .AddSingleton<IValidateOptions<RequestOptions>, RequestTimeoutsValidator>()
            .AddSingleton<RequestReader>()
            .AddSingleton<RunStatuses>()
            .AddSingleton<QueueMetrics>();
    }

    private static IServiceCollection AddStreaming(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<StreamingOptions, StreamingOptionsValidator>().Bind(configuration.GetSection(StreamingOptions.Section));
        return services.AddSingleton<ChatStream>();
    }

    private static IServiceCollection AddAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<AuthenticationOptions, AuthenticationOptionsValidator>()
            .Bind(configuration.GetSection(AuthenticationOptions.Section))
            .Configure(options => configuration.GetSection(AuthenticationOptions.KeysSection).Bind(options.ApiKeys))
            .Validate(
                options => options.ApiKeys.All(key => key.Key.Length == 0 || key.Key != configuration[$"{MetricsOptions.Section}:{nameof(MetricsOptions.Key)}"]),
                "Metrics:Key is also a tenant's key in ApiKeys; what opens the metrics of all tenants is none of theirs.");
        return services
            .AddSingleton<ApiKeys>()
            .AddSingleton(provider => new TenantLabels(provider.GetRequiredService<IOptions<AuthenticationOptions>>().Value.Tenants));
    }
}
