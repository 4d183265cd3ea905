namespace Hybrid.Infra.Tests.Bicep;

/// <summary>One Bicep file: what it declares.</summary>
internal sealed class BicepFile
{
    public BicepFile(string path, IReadOnlyList<string> faults, SyntaxNode root)
    {
        (Path, Faults, Root) = (path, faults, root);
        var decorators = new List<SyntaxNode>();
        foreach (var statement in root.Children)
        {
            if (statement.Kind == "decorators")
            {
                decorators.AddRange(statement.Children);
                continue;
            }

            Add(statement, decorators);
            decorators = [];
        }

        Resources = [.. root.All.Where(node => node.Kind == "resource_declaration").Select(node => new Resource(node))];
    }

    public string Path { get; }

    /// <summary>Relative to the repository.</summary>
    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path).Replace('\\', '/');

    /// <summary>What the grammar does not understand; empty for a good file.</summary>
    public IReadOnlyList<string> Faults { get; }

    public SyntaxNode Root { get; }

    public List<Parameter> Parameters { get; } = [];

    public Dictionary<string, SyntaxNode> Variables { get; } = new(StringComparer.Ordinal);

    public List<Module> Modules { get; } = [];

    public List<string> Outputs { get; } = [];

    public IReadOnlyList<Resource> Resources { get; }

    public Resource Resource(string type) => Resources.Single(resource => !resource.IsExisting && resource.Type == type);

    private void Add(SyntaxNode statement, List<SyntaxNode> decorators)
    {
        switch (statement.Kind)
        {
            case "parameter_declaration":
                Parameters.Add(new Parameter(statement, decorators));
                break;
            case "variable_declaration":
                Variables.Add(statement.Children[0].Text, statement.Children[1]);
                break;
            case "module_declaration":
                Modules.Add(new Module(statement));
                break;
            case "output_declaration":
                Outputs.Add(statement.Children[0].Text);
                break;
        }
    }
}
