namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>How much a template may do. A model's template is somebody's program: it must not be able to hold or fill this process.</summary>
/// <param name="Characters">Most characters of output; 8 Mi are far above what any model reads.</param>
/// <param name="Steps">Most statements and expressions evaluated; the longest real templates take some hundred per message.</param>
/// <param name="Depth">Deepest nesting of macro calls; real templates use two or three.</param>
internal sealed record RenderLimits(int Characters = 8 << 20, int Steps = 2_000_000, int Depth = 64)
{
    public static readonly RenderLimits Default = new();
}
