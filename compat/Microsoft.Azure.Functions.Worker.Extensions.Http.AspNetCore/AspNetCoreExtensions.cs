using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>The ASP.NET Core request behind an invocation.</summary>
    public static class FunctionContextExtensions
    {
        /// <summary>Where a host puts the request among <see cref="FunctionContext.Items"/>; the real worker's own key.</summary>
        private const string HttpContextKey = "HttpRequestContext";

        /// <summary>Null where no HTTP request triggered the function.</summary>
        public static HttpContext? GetHttpContext(this FunctionContext context) =>
            context.Items.TryGetValue(HttpContextKey, out var request) ? request as HttpContext : null;
    }
}

namespace Microsoft.Azure.Functions.Worker.Builder
{
    /// <summary>HTTP triggers on ASP.NET Core's own requests and responses.</summary>
    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
    }
}
