// Who the functions and the GPU hosts are. What they may do stands beside the resources that they may do it to.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-functions-${resourceToken}'
  location: location
  tags: tags
}

resource gpuHost 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-gpu-host-${resourceToken}'
  location: location
  tags: tags
}

output FUNCTIONS_NAME string = functions.name
output FUNCTIONS_PRINCIPAL_ID string = functions.properties.principalId
output GPU_HOST_NAME string = gpuHost.name
output GPU_HOST_PRINCIPAL_ID string = gpuHost.properties.principalId
