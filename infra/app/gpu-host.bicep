// The GPU host. It is deployed by main.bicep, and by `azd deploy gpu-host` with gpu-host.parameters.json after a new image was pushed;
// azd passes every value as text, so the numbers are text here.

@description('Name of the container app, and of its host name.')
param name string

@description('Name of this environment, for the tags.')
param environmentName string

@description('Region.')
param location string

@description('Image, with the registry.')
param image string

@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
@description('Workload profile; a GPU profile gives one whole GPU to each replica.')
param workloadProfile string

@description('Replicas that always run, as text.')
param minReplicas string

@description('Most replicas, as text.')
param maxReplicas string

@description('Container Apps environment.')
param containerAppsEnvironmentName string

@description('Identity that pulls the image and reads models.')
param identityName string

@description('Registry of the image.')
param registryName string

@description('Storage account of models and queue.')
param storageAccountName string

@description('Where alerts are sent; empty: nowhere.')
param alertActionGroupId string = ''

@description('Where telemetry goes over OTLP; empty: nowhere.')
param otlpEndpoint string = ''

var tags = {
  'azd-env-name': environmentName
  'azd-service-name': name
}

// A GPU replica has its node to itself, so it takes all of it; CPU replicas take the most that the profile gives.
var sizes = {
  Consumption: { cpu: 4, memory: '8Gi' }
  'Consumption-GPU-NC8as-T4': { cpu: 8, memory: '56Gi' }
  'Consumption-GPU-NC24-A100': { cpu: 24, memory: '220Gi' }
}

var port = 8090
var cacheDirectory = '/var/cache/hybrid'

// The orderly end: not ready while the ingress notices, then running requests finish (the API lets none take more than 200 s),
// then the platform kills what is left.
var drainDelay = '00:00:10'
var shutdownTimeout = '00:03:30'
var terminationGracePeriodSeconds = 240

var alertActions = empty(alertActionGroupId) ? [] : [{ actionGroupId: alertActionGroupId }]

resource environment 'Microsoft.App/managedEnvironments@2026-01-01' existing = {
  name: containerAppsEnvironmentName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource storage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName
}

resource app 'Microsoft.App/containerApps@2026-01-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: workloadProfile
    configuration: {
      activeRevisionsMode: 'Single'
      // 'external' means the environment's whole network, which is internal; without it only other container apps could call, and functions are none.
      ingress: {
        external: true
        allowInsecure: false
        transport: 'http'
        targetPort: port
      }
      registries: [
        {
          server: registry.properties.loginServer
          identity: identity.id
        }
      ]
    }
    template: {
      terminationGracePeriodSeconds: terminationGracePeriodSeconds
      containers: [
        {
          name: name
          image: image
          resources: sizes[workloadProfile]
          env: [
            { name: 'Host__Url', value: 'http://0.0.0.0:${port}' }
            { name: 'Host__DrainDelay', value: drainDelay }
            { name: 'Host__ShutdownTimeout', value: shutdownTimeout }
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }
            { name: 'Weights__ContainerUri', value: '${storage.properties.primaryEndpoints.blob}models' }
            { name: 'Weights__CacheDirectory', value: cacheDirectory }
            // A GPU that cannot be used shall stop the start, not serve at a hundredth of the speed.
            { name: 'Execution__Provider', value: workloadProfile == 'Consumption' ? 'Cpu' : 'Cuda' }
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
          ]
          volumeMounts: [
            {
              volumeName: 'models'
              mountPath: cacheDirectory
            }
          ]
          probes: [
            {
              // Ready means that every model is staged, loaded and warm: ten minutes for that, then a new try.
              type: 'Startup'
              httpGet: { path: '/v2/health/ready', port: port }
              initialDelaySeconds: 5
              periodSeconds: 60
              timeoutSeconds: 5
              failureThreshold: 10
            }
            {
              type: 'Readiness'
              httpGet: { path: '/v2/health/ready', port: port }
              periodSeconds: 5
              timeoutSeconds: 2
              failureThreshold: 2
            }
            {
              // Live does no work, so a host that does not answer for half a minute hangs.
              type: 'Liveness'
              httpGet: { path: '/v2/health/live', port: port }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'models'
          storageType: 'EmptyDir'
        }
      ]
      scale: {
        minReplicas: int(minReplicas)
        maxReplicas: int(maxReplicas)
        // Long enough that a break between two questions does not cost a start with all models.
        cooldownPeriod: 900
        pollingInterval: 15
        rules: [
          {
            // One batch in computation and one that forms; more would wait.
            name: 'requests'
            http: {
              metadata: {
                concurrentRequests: '32'
              }
            }
          }
          {
            // Queued work starts replicas before the functions call.
            name: 'queue'
            azureQueue: {
              accountName: storage.name
              queueName: 'inference-requests'
              queueLength: 100
              identity: identity.id
            }
          }
        ]
      }
    }
  }
}

resource restarts 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-${name}-restarts'
  location: 'global'
  tags: tags
  properties: {
    description: 'A replica of the GPU host has been started again more than twice: models that do not load, memory, or a GPU that is gone.'
    severity: 1
    enabled: true
    scopes: [app.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'restarts'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.App/containerApps'
          metricName: 'RestartCount'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 2
        }
      ]
    }
    actions: alertActions
  }
}

// Where no replica runs at rest, every start answers the functions' health checks with 503 for a while, and that is as it should be.
resource serverErrors 'Microsoft.Insights/metricAlerts@2026-01-01' = if (int(minReplicas) > 0) {
  name: 'alert-${name}-errors'
  location: 'global'
  tags: tags
  properties: {
    description: 'GPU hosts answered 5xx more than twenty times in five minutes: overload that the pool cannot spread, or a broken model.'
    severity: 2
    enabled: true
    scopes: [app.id]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'server-errors'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.App/containerApps'
          metricName: 'Requests'
          dimensions: [
            {
              name: 'statusCodeCategory'
              operator: 'Include'
              values: ['5xx']
            }
          ]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 20
        }
      ]
    }
    actions: alertActions
  }
}

output GPU_HOST_URL string = 'https://${app.properties.configuration.ingress.fqdn}'
