using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Stack.Serving;

/// <summary>What the stack asks of its own processes while they start.</summary>
internal static class ServingCalls
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public static async Task<bool> IsOkAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public static async Task<string> DescribeModelsAsync(Uri url, CancellationToken cancellationToken)
    {
        var list = Wire.Decode<ModelList>(await Http.GetByteArrayAsync(new Uri(url, TaskRoutes.Models), cancellationToken));
        return $"{string.Join(", ", list.Models.Select(model => $"{model.Name} v{model.Version}"))} ready on {list.Device}";
    }
}
