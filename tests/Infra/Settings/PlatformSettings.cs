namespace Hybrid.Infra.Tests.Settings;

/// <summary>Settings that no code of ours reads, because the platform does; each with the page that documents it.</summary>
internal static class PlatformSettings
{
    public static readonly IReadOnlyDictionary<string, string> OfFunctions = new Dictionary<string, string>
    {
        ["AzureWebJobsStorage__queueServiceUri"] = "https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity",
        ["AzureWebJobsStorage__tableServiceUri"] = "https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "https://learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_connection_string",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "https://learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_authentication_string",
    };

    public static readonly IReadOnlyDictionary<string, string> OfGpuHost = new Dictionary<string, string>
    {
        ["AZURE_CLIENT_ID"] = "https://learn.microsoft.com/dotnet/api/azure.identity.defaultazurecredentialoptions.managedidentityclientid",
    };
}
